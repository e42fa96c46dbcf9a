import { z } from "zod";

const count = z.number().nonnegative();

/** What a day was: what its usage depends on. */
export const dayShape = z.object({
  /** Listed files. */
  files: count,
  /** Chat items. */
  items: count,
  /** Items x mailboxes, after mapping. */
  available: count,
  chunks: count,
  partitions: count,
  /** People who were looked up. */
  persons: count,
  /** Mailbox runs. */
  runs: count,
});
/** What a day was: what its usage depends on. */
export type DayShape = z.infer<typeof dayShape>;

/** What one function did in a day. */
export const functionUsage = z.object({
  executions: count,
  totalInMs: count,
  /** Requests by dependency and operation, e.g. `blobs read`; each try counts. */
  calls: z.record(z.string(), count),
  /** Its own lines. */
  lines: count,
  linesInBytes: count,
});
/** What one function did in a day. */
export type FunctionUsage = z.infer<typeof functionUsage>;

/** What a day took, as it was counted. */
export const dayUsage = z.object({
  shape: dayShape,
  functions: z.record(z.string(), functionUsage),
  /** The timers' functions afterwards, with nothing to do: fetchDrops, sweep, and sweepFull where it does everything. */
  quiet: z.record(z.string(), functionUsage),
  /** What the day left in each container, plaintext not yet deleted. */
  storedInBytes: z.record(z.string(), count),
});
/** What a day took, as it was counted. */
export type DayUsage = z.infer<typeof dayUsage>;
