import type { Finding, FindingStatus, Tally } from "../../shared/pipeline/check/finding.ts";

/** What must not be overlooked is in capitals. */
const words: Readonly<Record<FindingStatus, string>> = {
  ok: "ok",
  warning: "warning",
  wrong: "WRONG",
  skipped: "skipped",
};

/** A finding as the terminal shows it: a line, and below it what to do. */
export function toText({ status, area, about, text, todo }: Finding): string {
  const line = `${words[status].padEnd(8)}${area.padEnd(10)} ${about === undefined ? "" : `${about}: `}${text}`;
  return todo === undefined ? line : `${line}\n${" ".repeat(19)}> ${todo}`;
}

/** How many findings came out how, in one line. */
export function toSummary({ ok, warning, wrong, skipped }: Tally): string {
  const warnings = `${warning} ${warning === 1 ? "warning" : "warnings"}`;
  return `${ok} ok, ${warnings}, ${wrong} wrong, ${skipped} skipped.`;
}
