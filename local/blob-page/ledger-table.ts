import type { IntentFlag, LedgerLine } from "../../shared/import/ledger-line.ts";
import type { Html } from "../page/html.ts";
import { html } from "../page/html.ts";
import { toBadge, toTable } from "../page/page-parts.ts";
import type { LoggedLine } from "./look-into-blob.ts";
import { toTime } from "./units.ts";

type Letter = LedgerLine["type"];

const meanings: Readonly<Record<Letter, string>> = {
  B: "batch",
  F: "fence",
  I: "intent",
  R: "receipt",
  X: "failed",
  E: "end",
};

const legend: Readonly<Record<Letter, string>> = {
  B: "begins what one worker appended at once: its name, and the number of its append",
  F: "a new worker shuts out the one before it",
  I: "this item is about to be created; without a receipt after it, it is in doubt",
  R: "this item is in the mailbox, as that Graph message",
  X: "this item failed, for this reason; it may be tried again",
  E: "this file is closed; the ledger goes on in the next",
};

const flags: Readonly<Record<IntentFlag, string>> = {
  new: "about to be created",
  again: "about to be created again, after a doubt was settled",
  degraded: "about to be created without what Graph refused it for",
  answered: "Graph answered with an error of its own (5xx): it may be there all the same",
  throttled: "Graph turned it away (429): looked for, and then created again",
  withdrawn: "was not sent after all",
};

/** A ledger's log as a table, with what its letters mean. */
export function toLedgerTable(lines: readonly LoggedLine[]): Html {
  const rows = lines.map(
    ({ line, text }, at) =>
      html`<tr><td class="number soft">${at + 1}</td>${line === undefined ? toStrange(text) : toCells(line)}</tr>`,
  );
  return html`${toLegend()}<h2>Lines</h2>${toTable([{ numbers: "Line" }, "Kind", "Time (UTC)", "Import key", "What it says"], rows, "No whole line is here yet.")}`;
}

function toLegend(): Html {
  const words = Object.entries(legend).map(([letter, text]) => html`<dt>${letter}</dt><dd>${text}</dd>`);
  return html`<h2>What the letters mean</h2><div class="card"><dl>${words}</dl></div>`;
}

function toStrange(text: string): Html {
  return html`<td class="short">${toBadge("no ledger line")}</td><td></td><td></td><td><code>${text}</code></td>`;
}

function toCells(line: LedgerLine): Html {
  const time = "at" in line ? toTime(line.at) : "";
  const key = "key" in line ? line.key : "";
  return html`<td class="short">${line.type} <span class="soft">${meanings[line.type]}</span></td><td class="time">${time}</td><td><code>${key}</code></td><td>${toSaying(line)}</td>`;
}

function toSaying(line: LedgerLine): Html {
  switch (line.type) {
    case "B":
      return html`append ${line.seq} by <code>${line.writer}</code>`;
    case "F":
      return html`slice ${line.slice}, from now on by <code>${line.writer}</code> alone`;
    case "E":
      return html`goes on in file ${line.next}`;
    case "I":
      return html`${flags[line.flag]}`;
    case "R":
      return html`${[line.outcome, ...line.marks].join(", ")}: <code>${line.graphId}</code> ${toOrigin(line)}`;
    case "X":
      return html`${line.reason} ${toOrigin(line)}`;
  }
}

function toOrigin({ generation, source }: Extract<LedgerLine, { source: unknown }>): Html {
  return html`<div class="soft">from ${generation}, <code>${source}</code></div>`;
}
