import * as z from "zod";
import { tally } from "../import/tally.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { paths } from "../store/paths.ts";
import { runSummary } from "./run-result.ts";
import type { RunId } from "./run-state.ts";

/** The last line of a piece: what all pieces up to it have told. */
const soFar = z.object({
  type: z.literal("so-far"),
  v: z.literal(1),
  /** So many lines of the work list, from its beginning. */
  lines: z.number().int().nonnegative(),
  counts: tally,
  degraded: z.number().int().nonnegative(),
  deviating: z.number().int().nonnegative(),
  verify: runSummary.shape.verify,
  lookUps: z.number().int().nonnegative(),
});
/** What has been told of a run. */
export type SoFar = z.infer<typeof soFar>;

/** Before the first piece. */
export function nothingTold(): SoFar {
  const verify = { days: 0, daysRead: 0, missing: 0, moved: 0, double: 0, unrecorded: 0, unchecked: 0 };
  const counts = { imported: 0, partial: 0, skipped: 0, failed: 0 };
  return { type: "so-far", v: 1, lines: 0, counts, degraded: 0, deviating: 0, verify, lookUps: 0 };
}

/** The pieces of a run's result that its slices have left, and what they have told; each follows from those before it. */
export async function readPieces(
  blobs: Pick<Blobs, "stream">,
  { drop, gen, mailbox }: RunId,
): Promise<{ readonly pieces: readonly BlobPath[]; readonly told: SoFar }> {
  const pieces: BlobPath[] = [];
  let told = nothingTold();
  for (;;) {
    const path = paths.told(drop, gen, mailbox, pieces.length);
    const last = await readLast(blobs, path);
    if (last === undefined) return { pieces, told };
    pieces.push(path);
    told = last;
  }
}

/** The lines of pieces that belong into the result, as they stand. */
export async function* listTold(blobs: Pick<Blobs, "stream">, pieces: readonly BlobPath[]): AsyncGenerator<string> {
  for (const path of pieces) {
    for await (const line of await readPiece(blobs, path)) if (!line.startsWith('{"type":"so-far"')) yield line;
  }
}

async function readLast(blobs: Pick<Blobs, "stream">, path: BlobPath): Promise<SoFar | undefined> {
  let last: string | undefined;
  for await (const line of await readPiece(blobs, path)) last = line;
  return last === undefined ? undefined : soFar.parse(JSON.parse(last));
}

async function readPiece(blobs: Pick<Blobs, "stream">, path: BlobPath): Promise<AsyncIterable<string>> {
  const bytes = await blobs.stream(path);
  return bytes === undefined ? none() : readLines(bytes);
}

async function* none(): AsyncGenerator<string> {}
