import * as z from "zod";
import { type DropId, dropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { containers, paths } from "../store/paths.ts";
import { putDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import type { Log } from "../telemetry/log.ts";
import { BrokenState } from "./broken-state.ts";
import { readOpenDrop } from "./drop-book.ts";
import { dropState } from "./drop-state.ts";
import { withLease } from "./with-lease.ts";

/** What cleaning takes. */
export interface CleanDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
  readonly clock: Clock;
  readonly lockInMs: number;
  /** How long a closed drop's plaintext is kept. */
  readonly plaintextKeptInMs: number;
}

/** `state/unclean/{drop}`: so that the sweep need not look through every drop that was ever closed. */
const unclean = z.object({ v: z.literal(1), drop: dropId, closedAt: z.number() });

/** Notes that a closed drop's plaintext is to be deleted later. */
export async function markUnclean(
  deps: Pick<CleanDeps, "blobs" | "writer">,
  drop: DropId,
  closedAt: number,
): Promise<void> {
  const mark = { v: 1 as const, drop, closedAt };
  await putDocument(deps.blobs, paths.unclean(drop), unclean, () => mark, { writer: deps.writer });
}

/**
 * Deletes the plaintext of drops that were closed long enough ago. Evidence, ledger and reports stay. One drop's fault
 * does not keep it from the others; the first is thrown at the end.
 */
export async function cleanDrops(deps: CleanDeps): Promise<void> {
  const faults: unknown[] = [];
  for await (const { path, modifiedAt } of deps.blobs.list(paths.uncleans)) {
    // A mark is never older than the close that it tells of, so a young one need not be read: a sweep would read a week's.
    if (deps.blobs.now() - modifiedAt < deps.plaintextKeptInMs) continue;
    const mark = await readDocument(deps.blobs, path, unclean);
    if (mark === undefined || deps.clock.now() - mark.value.closedAt < deps.plaintextKeptInMs) continue;
    const { drop } = mark.value;
    await withLease(deps, dropLock(drop), (lost) => cleanDrop(deps, drop, mark.etag, lost)).catch((fault: unknown) => {
      deps.log.error("clean.drop-failed", { drop, ...toErrorFields(fault) });
      faults.push(fault);
    });
  }
  if (faults.length > 0) throw faults[0];
}

/** Held while a closed drop is cleaned or taken up again: a generation begun meanwhile would lose what it is made of. */
export function dropLock(drop: DropId): ReturnType<typeof paths.lock> {
  return paths.lock(`drop-${drop}`);
}

/**
 * That it is cleaned is noted first: from then on a reprocessing goes back to the evidence and trusts nothing that may be
 * half deleted. The mark goes last: a crash in the middle only means that the rest is deleted next time. Each goes as it was
 * seen, and the mark too: what a generation begun since has written anew stays, and so does the mark by which it is cleaned.
 * @param mark the version of the mark
 */
async function cleanDrop(deps: CleanDeps, drop: DropId, mark: string, lost: AbortSignal): Promise<void> {
  if ((await readOpenDrop(deps.blobs, drop)) !== undefined) return;
  await updateDocument(deps.blobs, paths.closed(drop), dropState, (now) => ({ ...now, isCleaned: true }), {
    writer: deps.writer,
  });
  let removed = 0;
  let seenAt = deps.clock.now();
  for (const [container, { holdsPlaintext }] of Object.entries(containers)) {
    if (!holdsPlaintext) continue;
    for await (const { path, etag } of deps.blobs.list(`${container}/${drop}/`)) {
      lost.throwIfAborted();
      // A process that stood still may wake before it hears that its lease is gone.
      if (deps.clock.now() - seenAt > deps.lockInMs / 2)
        throw new BrokenState(`Cleaning drop ${drop} stood still; the next sweep goes on.`);
      seenAt = deps.clock.now();
      await deps.blobs.remove(path, etag);
      removed += 1;
    }
  }
  await deps.blobs.remove(paths.unclean(drop), mark);
  deps.log.info("drop.plaintext-deleted", { drop, removed });
}
