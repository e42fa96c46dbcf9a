import { type DropScope, leavesFiles, type ReprocessScope, toScopeFilter } from "../chat/drop-scope.ts";
import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { dropLock } from "./clean-drops.ts";
import { moveDrop, readOpenDrop } from "./drop-book.ts";
import { type DropState, dropState, hasReached, itemsOfAll } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import { type FileState, fileState } from "./file-state.ts";
import { settleScope } from "./settle-scope.ts";
import { withLease } from "./with-lease.ts";

/** What beginning a generation takes. */
export interface ReprocessDeps extends AdvanceDeps {
  readonly clock: Clock;
}

/** What came of asking to reprocess a drop. */
export type Reprocessed =
  | { readonly outcome: "started"; readonly drop: DropState }
  | { readonly outcome: "refused"; readonly reason: string };

const lockInMs = 60_000;

/**
 * Maps and imports a closed drop once more as its next generation: after a mended mapping, after a file was rejected for a
 * key that is there now, or to prove that nothing is missing. The people are resolved anew; what is in a mailbox already is
 * skipped. Files that were rejected, or whose plaintext is deleted, are verified again from their evidence.
 *
 * @param asked which files, mailboxes or items it is to deal with; all others are left as they are. @default the whole drop
 * @param seenGen the generation that was decided by: a newer one is not reprocessed. @default any
 */
export async function reprocessDrop(
  deps: ReprocessDeps,
  id: DropId,
  asked?: ReprocessScope,
  seenGen?: number,
): Promise<Reprocessed> {
  return await locked(deps, id, async () => {
    const closed = (await readDocument(deps.blobs, paths.closed(id), dropState))?.value;
    const open = await readOpenDrop(deps.blobs, id);
    if (open !== undefined && open.gen === closed?.gen) return "The drop is still being closed.";
    if (open !== undefined)
      return `The drop is already being processed (${open.state}); if it stands still, it can be restarted.`;
    if (closed === undefined) return "There is no closed drop of that name.";
    if (closed.gen !== (seenGen ?? closed.gen)) return toNewer(closed);
    const settled = asked === undefined ? undefined : await settleScope(deps.blobs, closed, asked);
    if (settled?.outcome === "refused") return settled.reason;
    const drop = toNextGeneration(closed, deps.clock.now(), mayBeCleaned(closed), settled?.scope);
    const created = await createDocument(deps.blobs, paths.open(id), dropState, drop, { writer: deps.writer });
    return created === "different" ? "The drop is already being processed." : drop;
  });
}

/**
 * Gives an open drop up and begins its next generation from the evidence: for a drop that cannot go on, because an upgrade
 * in the middle reads a file otherwise, because something of it was deleted, or because its mapping is wrong. Its scope
 * stays. A slice that is under way ends by itself; the messages of the given-up generation are out of date.
 *
 * @param seenGen the generation that was decided by: a newer one is left alone. @default any
 */
export async function restartDrop(deps: ReprocessDeps, id: DropId, seenGen?: number): Promise<Reprocessed> {
  return await locked(deps, id, async () => {
    const now = deps.clock.now();
    const restarted = await moveDrop(deps, id, (drop) =>
      canRestart(drop) && (seenGen ?? drop.gen) === drop.gen
        ? toNextGeneration(drop, now, true, drop.scope)
        : undefined,
    );
    if (restarted !== undefined) return restarted;
    const open = await readOpenDrop(deps.blobs, id);
    if (open !== undefined && open.gen !== (seenGen ?? open.gen)) return toNewer(open);
    return open === undefined
      ? "There is no open drop of that name."
      : `The drop is ${open.state}: there is nothing to restart.`;
  });
}

function toNewer({ gen }: DropState): string {
  return `The drop is in generation ${gen} by now.`;
}

function canRestart({ state }: DropState): boolean {
  return hasReached(state, "released") && state !== "closed";
}

/** Begins a generation, unless `begin` gives the reason why not. */
async function locked(deps: ReprocessDeps, id: DropId, begin: () => Promise<DropState | string>): Promise<Reprocessed> {
  const begun =
    (await withLease({ ...deps, lockInMs }, dropLock(id), begin)) ??
    "The drop's plaintext is being deleted, or somebody else is reprocessing it. Try again in a minute.";
  if (typeof begun === "string") return { outcome: "refused", reason: begun };
  const { gen, scope } = begun;
  deps.log.info("drop.reprocess-asked", { drop: id, gen, scope: scope?.type ?? "drop" });
  await resetDrop(deps, begun);
  return { outcome: "started", drop: (await advanceDrop(deps, id)) ?? begun };
}

/** Finishes what sets a generation up; the sweep calls it too, for a process that died in the middle. */
export async function resetDrop(deps: AdvanceDeps, drop: DropState): Promise<void> {
  for (const file of await readFiles(deps.blobs, drop)) {
    // Another process may have done this, and the files may be verified again by now.
    if (!(await isStillResetting(deps.blobs, drop))) return;
    await resetFile(deps, drop, file);
  }
  await moveDrop(deps, drop.id, (now) => (now.gen === drop.gen ? { ...now, isResetting: false } : undefined));
  await deps.queues.send("fetches", { v: 1, runId: toRunId(drop.id, drop.gen), connector: drop.connector });
}

async function isStillResetting(blobs: Blobs, { id, gen }: DropState): Promise<boolean> {
  const now = await readOpenDrop(blobs, id);
  return now?.gen === gen && now.isResetting;
}

/** A generation that left files alone has not brought back what the cleaning before it deleted of them. */
function mayBeCleaned({ isCleaned, isFromEvidence, scope }: DropState): boolean {
  return isCleaned || (isFromEvidence && leavesFiles(scope));
}

function toNextGeneration(
  last: DropState,
  now: number,
  isFromEvidence: boolean,
  scope: DropScope | undefined,
): DropState {
  const {
    scope: _scope,
    itemsBeside: _beside,
    gate: _gate,
    chunks: _chunks,
    partitions: _partitions,
    closedAt: _closed,
    resumedAt: _resumed,
    ...kept
  } = last;
  const admitted = Math.max(last.admitted ?? 0, itemsOfAll(last));
  const gen = last.gen + 1;
  const part = scope === undefined ? {} : { scope };
  const reset = { state: "collecting" as const, isResetting: true, isFromEvidence, isCleaned: false };
  return { ...kept, ...reset, ...part, gen, admitted, movedAt: now };
}

async function resetFile(deps: { blobs: Blobs; writer: string }, drop: DropState, file: FileState): Promise<void> {
  if (!(await needsVerifying(deps.blobs, drop, file))) return;
  // What an earlier reading left could differ from what this one finds.
  for (const { id } of file.dropFiles) await removeAll(deps.blobs, `chats/${drop.id}/${id}/`);
  const path = paths.file(file.connector, file.siteDay, file.id);
  await updateDocument(deps.blobs, path, fileState, toUnverified, { writer: deps.writer });
}

async function removeAll(blobs: Blobs, prefix: `${string}/${string}`): Promise<void> {
  for await (const { path } of blobs.list(prefix)) await blobs.remove(path);
}

/** Tries stay: what the evidence did not hold then it does not hold now, so that is not waited for again. */
function toUnverified(file: FileState): FileState {
  const { reason: _reason, nextTryAt: _nextTryAt, ...kept } = file;
  return { ...kept, state: file.sha256 === undefined ? "listed" : "fetched", dropFiles: [], besides: {} };
}

/** A duplicate stays one; a file that never came cannot come now; what is out of scope is left as it is. */
async function needsVerifying(blobs: Blobs, drop: DropState, file: FileState): Promise<boolean> {
  if (!toScopeFilter(drop.scope).hasFile(file.id, ...file.dropFiles.map(({ id }) => id))) return false;
  if (file.state === "rejected") return (await blobs.head(file.evidence)) !== undefined;
  if (file.state !== "verified") return false;
  if (drop.isFromEvidence) return true;
  for (const { id } of file.dropFiles) {
    if ((await blobs.head(paths.dropFile(file.drop, id))) === undefined) return true;
  }
  return false;
}
