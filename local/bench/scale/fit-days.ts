import { fitNonNegative } from "../../cost/fit-non-negative.ts";
import type { MeasuredDay, MeasuredStage } from "./measured-days.ts";

/** What a day brings, as far as the stages' work grows with it. */
export type DayWork = Pick<
  MeasuredDay,
  "items" | "available" | "mailboxes" | "persons" | "chunks" | "partitions" | "plainInBytes"
>;

/** What each stage's work grows with; the first is what it takes however small the day. */
const drivers: Readonly<Record<MeasuredStage, (day: DayWork) => readonly number[]>> = {
  fetch: ({ plainInBytes }) => [1, plainInBytes],
  open: ({ items, persons }) => [1, items, persons],
  map: ({ chunks, items }) => [1, chunks, items],
  gather: ({ partitions, items, mailboxes }) => [partitions, partitions * items, mailboxes],
  import: ({ mailboxes, available }) => [0, mailboxes, available],
  close: ({ mailboxes, available }) => [1, mailboxes, available],
};

/** What is measured of a stage. */
export type Measure = "cpuInMs" | "storage" | "graph";

/** What a stage takes for each of its drivers. */
export type StageRates = Readonly<Record<Measure, readonly number[]>>;
/** What every stage takes for each of its drivers. */
export type Rates = Readonly<Record<MeasuredStage, StageRates>>;

/** Finds the rates that come nearest to what was measured on several days. */
export function fitDays(days: readonly MeasuredDay[]): Rates {
  const fit = (stage: MeasuredStage, measure: Measure): readonly number[] =>
    fitNonNegative(
      days.map((day) => drivers[stage](day)),
      days.map(({ stages }) => stages[stage][measure]),
    );
  const of = (stage: MeasuredStage): StageRates => ({
    cpuInMs: fit(stage, "cpuInMs"),
    storage: fit(stage, "storage"),
    graph: fit(stage, "graph"),
  });
  return {
    ...{ fetch: of("fetch"), open: of("open"), map: of("map") },
    ...{ gather: of("gather"), import: of("import"), close: of("close") },
  };
}

/** What a stage takes of a day. */
export interface StageWork {
  /** Of one core like those that were measured on. */
  readonly cpuInSeconds: number;
  /** Requests. */
  readonly storage: number;
  readonly graph: number;
}

/** What each stage would take of a day of that shape. */
export function predictWork(rates: Rates, day: DayWork): Readonly<Record<MeasuredStage, StageWork>> {
  const of = (stage: MeasuredStage): StageWork => ({
    cpuInSeconds: predict(rates, stage, "cpuInMs", day) / 1000,
    storage: predict(rates, stage, "storage", day),
    graph: predict(rates, stage, "graph", day),
  });
  return {
    ...{ fetch: of("fetch"), open: of("open"), map: of("map") },
    ...{ gather: of("gather"), import: of("import"), close: of("close") },
  };
}

/** One measure of one stage. */
export function predict(rates: Rates, stage: MeasuredStage, measure: Measure, day: DayWork): number {
  const each = rates[stage][measure];
  return drivers[stage](day).reduce((sum, value, i) => sum + value * (each[i] ?? 0), 0);
}
