import type { Html } from "../page/html.ts";
import { html } from "../page/html.ts";
import { toLedgerTable } from "./ledger-table.ts";
import type { BlobView } from "./look-into-blob.ts";
import { viewLimits } from "./look-into-blob.ts";
import { toCount, toSize } from "./units.ts";

/** A blob's content as a page shows it. */
export function toViewHtml(view: BlobView): Html {
  switch (view.kind) {
    case "sealed":
      return html`<p class="soft">Evidence is kept as it was received, which as a rule is encrypted, so its content is not shown. The drop files made of it lie in the container drops, as long as the drop's plaintext is kept.</p>`;
    case "empty":
      return html`<p class="soft">This blob is empty.</p>`;
    case "json":
      return toContent("JSON, indented", html`<pre>${view.text}</pre>`, "");
    case "lines":
      return toContent("Lines, unzipped", toLineTable(view.lines), toLinesNote(view));
    case "ledger":
      return html`${toLedgerTable(view.lines)}${toNote(view.isCut ? `The log is longer: these are its first ${toSize(viewLimits.readInBytes)}.` : "")}`;
    case "text":
      return toContent("Text", html`<pre>${view.text}</pre>`, view.isCut ? toMore(viewLimits.readInBytes) : "");
    case "bytes":
      return toContent(
        "Bytes",
        html`<pre class="fixed">${view.dump}</pre>`,
        view.isCut ? toMore(viewLimits.hexInBytes) : "",
      );
  }
}

function toContent(title: string, content: Html, note: string): Html {
  return html`<h2>${title}</h2><div class="card">${content}</div>${toNote(note)}`;
}

function toNote(note: string): Html {
  return note === "" ? html`` : html`<p class="soft">${note}</p>`;
}

function toMore(sizeInBytes: number): string {
  return `There is more: these are the first ${toSize(sizeInBytes)}.`;
}

function toLineTable(lines: readonly string[]): Html {
  const rows = lines.map(
    (line, at) => html`<tr><td class="number soft line">${at + 1}</td><td class="line"><code>${line}</code></td></tr>`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

function toLinesNote({ lines, isCut, isDamaged }: Extract<BlobView, { kind: "lines" }>): string {
  if (isDamaged) return "The gzip is damaged: these lines stand before the damage.";
  return isCut ? `There is more: these are the first ${toCount(lines.length)} lines.` : "";
}
