import type { ChildResult } from "../measure/run-child.ts";
import { type Measured, meets, type Row, type Target } from "../row.ts";
import { sharedByRows } from "../shared-by-rows.ts";
import { kinds, type Phase } from "./import-operations-body.ts";

const small = 10;
const large = 2_010;

const perThousand: Target = { type: "at most", value: 20 };
const perRun: Target = { type: "at most", value: 12 };

/** Requests of one run by kind. */
type Counts = ReadonlyMap<string, number>;

/** Storage operations of the import for each 1,000 items of a mailbox: what a large run has more than a small one. */
export const importOperationsItems: Row = {
  id: "import-ops",
  title: "import: storage operations per 1,000 items x mailboxes",
  target: perThousand,
  run: async (context) => {
    const told = await count(context);
    const [few, many] = [countsOf(told, "small"), countsOf(told, "large")];
    const each = new Map(kinds.map((kind) => [kind, slopeOf(told, few, many, kind)]));
    return toMeasured(sum(each), perThousand, [
      `by kind: ${toText(each)}`,
      `counted by runs of ${small} and ${large.toLocaleString("en-US")} items`,
      `renewals come by the clock: at 0.25 s a creation, three at once`,
    ]);
  },
};

/** Storage operations of the import for each mailbox run: what a run takes however few its items. */
export const importOperationsRuns: Row = {
  id: "import-ops-run",
  title: "import: storage operations per mailbox run",
  target: perRun,
  run: async (context) => {
    const told = await count(context);
    const [few, many] = [countsOf(told, "small"), countsOf(told, "large")];
    const own = (kind: string): number => (few.get(kind) ?? 0) - slopeOf(told, few, many, kind) * (small / 1000);
    const each = new Map(kinds.filter((kind) => kind !== "renew").map((kind) => [kind, own(kind)]));
    const verify = sum(countsOf(told, "small", ["verify"]));
    const others = ["first of the mailbox", "first of the drop", "first of the process", "two days"];
    return toMeasured(sum(each), perRun, [
      `by kind: ${toText(each)}`,
      `of them ${verify} for reading the mailbox back and for the result`,
      `a run of ${small} items by sort of blob: ${toText(countsOf(told, "small", ["at"]))}`,
      `a whole run of ${small} items, ${sum(few)}; ${others.map((name) => `${name}: ${sum(countsOf(told, name))}`).join(", ")}`,
      "beside these the host takes and deletes the message (2)",
    ]);
  },
};

/** Both rows are made of one count. */
const count = sharedByRows(async (context) => (await context.child("import-operations", { small, large })).told);

const allPhases: readonly Phase[] = ["import", "verify", "end"];

/**
 * What a run asked of storage in some of its phases; phase "at": the port's calls by sort of blob. Renewals only of the
 * large run: the others are over before the first of them would be due.
 */
function countsOf(told: ChildResult["told"], run: string, phases: readonly (Phase | "at")[] = allPhases): Counts {
  const counts = new Map<string, number>();
  for (const [name, value] of Object.entries(told)) {
    const [of, phase, kind = ""] = name.split(": ");
    if (of !== run || (kind === "renew" && run !== "large")) continue;
    if (phases.some((one) => one === phase)) counts.set(kind, (counts.get(kind) ?? 0) + Number(value));
  }
  return counts;
}

/** For each 1,000 items. */
function slopeOf(told: ChildResult["told"], few: Counts, many: Counts, kind: string): number {
  const [ofFew, ofMany] = [few.get(kind) ?? 0, many.get(kind) ?? 0];
  if (kind === "renew") return (ofMany * Number(told["paceCorrection"]) * 1000) / large;
  return ((ofMany - ofFew) / (large - small)) * 1000;
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((all, one) => all + one, 0);
}

function toText(counts: Counts): string {
  return [...counts]
    .filter(([, value]) => value >= 0.05)
    .map(([kind, value]) => `${kind} ${Number(value.toFixed(1))}`)
    .join(", ");
}

function toMeasured(figure: number, target: Target, notes: readonly string[]): Measured {
  const ratio = Number(figure.toFixed(1));
  return { figure: ratio, unit: "operations", ratio, isMet: meets(target, ratio), notes };
}
