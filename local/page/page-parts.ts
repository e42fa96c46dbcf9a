import type { Html } from "./html.ts";
import { html } from "./html.ts";

/** A table's column: its head, or its head and that it holds numbers, which stand at the right. */
export type Column = string | { readonly numbers: string };

/** A table in a card; `empty` instead of it where there are no rows. Rows are `<tr>` elements. */
export function toTable(columns: readonly Column[], rows: readonly Html[], empty: string): Html {
  if (rows.length === 0) return html`<div class="card empty">${empty}</div>`;
  return html`<div class="card"><table><thead><tr>${columns.map(toHead)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function toHead(column: Column): Html {
  if (typeof column === "string") return html`<th scope="col">${column}</th>`;
  return html`<th scope="col" class="number">${column.numbers}</th>`;
}

/** Names and values, one below the other. */
export function toFacts(facts: readonly (readonly [name: string, value: string | Html])[]): Html {
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A word that stands out. */
export function toBadge(text: string): Html {
  return html`<span class="badge">${text}</span>`;
}

/** Which page this is, from 1; and the last one's number, or whether there is a next one where counting would cost too much. */
export type PageNumber = { readonly page: number } & ({ readonly last: number } | { readonly hasNext: boolean });

/** Links to the page before and the page after; nothing where there is one page only. */
export function toPages(toHref: (page: number) => string, number: PageNumber): Html {
  const { page } = number;
  const hasNext = "last" in number ? page < number.last : number.hasNext;
  if (page === 1 && !hasNext) return html``;
  const of = "last" in number ? ` of ${number.last}` : "";
  const before = page > 1 ? html`<a href="${toHref(page - 1)}">Previous</a>` : html``;
  const after = hasNext ? html`<a href="${toHref(page + 1)}">Next</a>` : html``;
  return html`<div class="pages">${before}<span class="soft">Page ${page}${of}</span>${after}</div>`;
}
