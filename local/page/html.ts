/** Text that is markup already, and needs no escaping. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, a list is its entries one after another. */
export type HtmlValue = string | number | Html | readonly Html[];

/** Template for markup in which every text is escaped, so that no message can become part of the page. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const markup = parts.map((part, at) => part + toMarkup(values[at])).join("");
  return { markup };
}

function toMarkup(value: HtmlValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text harmless in markup, in attributes as well. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? "");
}
