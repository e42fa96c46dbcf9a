import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { moveDrop, readOpenDrop } from "./drop-book.ts";
import { type DropState, dropState } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import { type FileState, fileState } from "./file-state.ts";
import { toRunId } from "./tickets.ts";

/** What came of asking to reprocess a drop. */
export type Reprocessed =
  | { readonly outcome: "started"; readonly drop: DropState }
  | { readonly outcome: "refused"; readonly reason: string };

/**
 * Maps and imports a closed drop once more as its next generation: after a mended mapping, after a file was rejected for a
 * key that is there now, or to prove that nothing is missing. The people are resolved anew; what is in a mailbox already is
 * skipped. Files that were rejected, or whose plaintext is deleted, are verified again from their evidence.
 */
export async function reprocessDrop(deps: AdvanceDeps, id: DropId): Promise<Reprocessed> {
  const closed = (await readDocument(deps.blobs, paths.closed(id), dropState))?.value;
  if (closed === undefined) return { outcome: "refused", reason: "There is no closed drop of that name." };
  const open = await readOpenDrop(deps.blobs, id);
  if (open !== undefined && open.gen <= closed.gen)
    return { outcome: "refused", reason: "The drop is still being closed." };
  if (open !== undefined) return { outcome: "refused", reason: `The drop is already being processed (${open.state}).` };
  const drop = toNextGeneration(closed, deps.clock.now());
  await createDocument(deps.blobs, paths.open(id), dropState, drop, { writer: deps.writer });
  deps.log.info("drop.reprocess-asked", { drop: id, gen: drop.gen, runId: toRunId(id, drop.gen) });
  await resetDrop(deps, drop);
  return { outcome: "started", drop: (await advanceDrop(deps, id)) ?? drop };
}

/** Finishes what sets a generation up; the sweep calls it too, for a process that died in the middle. */
export async function resetDrop(deps: AdvanceDeps, drop: DropState): Promise<void> {
  for (const file of await readFiles(deps.blobs, drop)) await resetFile(deps, file);
  await moveDrop(deps, drop.id, (now) => ({ ...now, isResetting: false }));
  await deps.queues.send("fetches", { v: 1, runId: toRunId(drop.id, drop.gen), connector: drop.connector });
}

function toNextGeneration(closed: DropState, now: number): DropState {
  const { gate: _gate, chunks: _chunks, partitions: _partitions, closedAt: _closedAt, ...kept } = closed;
  return { ...kept, gen: closed.gen + 1, state: "collecting", isResetting: true, isCleaned: false, movedAt: now };
}

async function resetFile(deps: { blobs: Blobs; writer: string }, file: FileState): Promise<void> {
  const path = paths.file(file.connector, file.siteDay, file.id);
  if (!(await needsVerifying(deps.blobs, file))) return;
  await updateDocument(deps.blobs, path, fileState, toUnverified, { writer: deps.writer });
}

function toUnverified(file: FileState): FileState {
  const { reason: _reason, nextTryAt: _nextTryAt, ...kept } = file;
  return { ...kept, state: file.sha256 === undefined ? "listed" : "fetched", tries: 0, dropFiles: [], besides: {} };
}

/** A duplicate stays one; a file that never came cannot come now. */
async function needsVerifying(blobs: Blobs, file: FileState): Promise<boolean> {
  if (file.state === "rejected") return (await blobs.head(file.evidence)) !== undefined;
  if (file.state !== "verified") return false;
  for (const { id } of file.dropFiles) {
    if ((await blobs.head(paths.dropFile(file.drop, id))) === undefined) return true;
  }
  return false;
}
