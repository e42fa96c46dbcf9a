import * as z from "zod";
import { chatDay, dropId, importKey, mailboxId } from "../chat/identifiers.ts";
import { generation, source } from "../import/ledger-line.ts";
import { tally } from "../import/tally.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";

const ofLine = { key: importKey, source };

/** The last line of a result: what the run came to. */
export const runSummary = z.object({
  type: z.literal("summary"),
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  mailbox: mailboxId,
  state: z.enum(["done", "blocked"]),
  /** Why it is blocked; its open items count as failed for this reason. */
  reason: z.string().optional(),
  available: z.number().int().nonnegative(),
  counts: tally,
  /** Imported without Message-ID and sender, or not as they were asked to be. */
  degraded: z.number().int().nonnegative(),
  deviating: z.number().int().nonnegative(),
  /** What verify found; days that could not be read back to the end are not in `daysRead`. */
  verify: z.object({
    days: z.number().int().nonnegative(),
    daysRead: z.number().int().nonnegative(),
    missing: z.number().int().nonnegative(),
    moved: z.number().int().nonnegative(),
    double: z.number().int().nonnegative(),
    unrecorded: z.number().int().nonnegative(),
    unchecked: z.number().int().nonnegative(),
  }),
});
/** What a mailbox run came to. */
export type RunSummary = z.infer<typeof runSummary>;

/**
 * One line of `reports/result/{drop}/{gen}/{mailbox}` (gzipped JSON Lines): each item that is not simply imported, each
 * finding of verify as far as they are named one by one, and at the end the summary.
 */
export const resultLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("partial"), ...ofLine }),
  z.object({ type: z.literal("skipped"), ...ofLine, first: z.object({ generation, source }) }),
  z.object({ type: z.literal("failed"), ...ofLine, reason: z.string() }),
  z.object({
    type: z.enum(["missing", "moved", "double", "unrecorded", "unchecked"]),
    key: importKey,
    chatDay,
  }),
  runSummary,
]);
/** One line of a result. */
export type ResultLine = z.infer<typeof resultLine>;

/** The lines of a mailbox run's result; undefined when it has none yet. */
export async function readResult(
  blobs: Pick<Blobs, "stream">,
  path: BlobPath,
): Promise<AsyncIterable<ResultLine> | undefined> {
  const bytes = await blobs.stream(path);
  return bytes === undefined ? undefined : parseLines(bytes);
}

/** Only its summary. @throws Error when the result has none: it is no result then. */
export async function readSummary(blobs: Pick<Blobs, "stream">, path: BlobPath): Promise<RunSummary | undefined> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) return undefined;
  let last = "";
  for await (const line of readLines(bytes)) last = line;
  return runSummary.parse(JSON.parse(last));
}

async function* parseLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<ResultLine> {
  for await (const line of readLines(bytes)) yield resultLine.parse(JSON.parse(line));
}
