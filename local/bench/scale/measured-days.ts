import { z } from "zod";

/** The stages as they are measured. Opening a file looks everybody up first. */
export const measuredStages = ["fetch", "open", "map", "gather", "import", "close"] as const;
/** A stage as it is measured. */
export type MeasuredStage = (typeof measuredStages)[number];

const count = z.number().nonnegative();

/** What a stage took of one process, and how many requests it made. */
const stageTaken = z.object({ cpuInMs: count, wallInMs: count, storage: count, graph: count });

/** A day that went through all stages on one machine: what there was to do, and what each stage took. */
export const measuredDay = z.object({
  items: count,
  /** Items x mailboxes. */
  available: count,
  mailboxes: count,
  persons: count,
  chunks: count,
  partitions: count,
  plainInBytes: count,
  stages: z.record(z.enum(measuredStages), stageTaken),
});
/** A day that went through all stages on one machine. */
export type MeasuredDay = z.infer<typeof measuredDay>;

/** A day by what its process has told. @throws ZodError when something was not told */
export function toMeasuredDay(told: Readonly<Record<string, unknown>>, plainInBytes: number): MeasuredDay {
  const { items, available, runs: mailboxes, persons, chunks, partitions } = told;
  const takenBy = (stage: MeasuredStage): unknown => ({
    cpuInMs: Math.round(Number(told[`${stage} cpuInMs`])),
    wallInMs: Math.round(Number(told[`${stage} wallInMs`])),
    storage: Number(told[`${stage} blobs`] ?? 0) + Number(told[`${stage} queues`] ?? 0),
    graph: told[`${stage} graph`] ?? 0,
  });
  const stages = Object.fromEntries(measuredStages.map((stage) => [stage, takenBy(stage)]));
  return measuredDay.parse({ items, available, mailboxes, persons, chunks, partitions, plainInBytes, stages });
}

/** Reads the days that were kept. @throws ZodError, SyntaxError */
export function parseMeasuredDays(json: string): MeasuredDay[] {
  return z.array(measuredDay).parse(JSON.parse(json));
}
