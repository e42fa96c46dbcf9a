import type { Measured, Row, Target } from "./row.ts";

/** A row's end: what it came to, or why it could not be measured. */
export interface RowResult extends Pick<Row, "id" | "title" | "target"> {
  readonly measured?: Measured;
  readonly failure?: string;
  /** How long the row took. */
  readonly tookInMs: number;
}

/** A markdown table of results, the notes below it. */
export function toTable(results: readonly RowResult[]): string {
  const lines = results.map(({ title, target, measured }, n) => {
    const cells = measured === undefined ? ["not measured", "", "", ""] : toCells(measured);
    return `| ${[`${title} [${n + 1}]`, ...cells.slice(0, 3), toTargetText(target), cells[3]].join(" | ")} |`;
  });
  const head = ["| figure | ours | yardstick | ratio | target | met |", "|---|---|---|---|---|---|"];
  const notes = results.map(({ measured, failure }, n) => `[${n + 1}] ${failure ?? measured?.notes.join("; ") ?? ""}`);
  return [...head, ...lines, "", ...notes].join("\n");
}

function toCells({ figure, yardstick, ratio, unit, isMet }: Measured): string[] {
  const theirs = yardstick === undefined ? "" : `${toText(yardstick)} ${unit}`;
  return [`${toText(figure)} ${unit}`, theirs, toText(ratio), isMet ? "yes" : "**no**"];
}

/** Such as `<= 2.5`. */
export function toTargetText({ type, value }: Target): string {
  const sign = { "at most": "<=", "at least": ">=", below: "<" }[type];
  return `${sign} ${value.toLocaleString("en-US")}`;
}

/** Three digits that count. */
export function toText(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}
