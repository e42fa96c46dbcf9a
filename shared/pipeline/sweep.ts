import type { DropId } from "../chat/identifiers.ts";
import type { BlobPath } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import { readDocument, updateDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import type { Log } from "../telemetry/log.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { BrokenState } from "./broken-state.ts";
import { cleanDrops } from "./clean-drops.ts";
import { listOpenIds, moveDrop } from "./drop-book.ts";
import { type DropState, sealed } from "./drop-state.ts";
import { readFetchRecord } from "./fetch-record.ts";
import { readFiles } from "./file-book.ts";
import { startRuns } from "./gather-mailboxes.ts";
import { listParts } from "./parts.ts";
import { resetDrop } from "./reprocess-drop.ts";
import { type RunState, runState } from "./run-state.ts";
import { tellWaiting, type WaitingDeps } from "./tell-waiting.ts";
import { renewTicket } from "./tickets.ts";

/** What sweeping takes. */
export interface SweepDeps extends AdvanceDeps, WaitingDeps {
  readonly clock: Clock;
  readonly lockInMs: number;
  /** A step that has not moved for this long is set going again. */
  readonly standstillInMs: number;
  /** How long a closed drop's plaintext is kept. */
  readonly plaintextKeptInMs: number;
}

/**
 * Looks at the open drops only: moves them on as far as storage allows, and enqueues again what stands still, because a
 * message or an event can be lost, late or poisoned, while what lies in storage is the truth. One drop's fault does not
 * keep it from the others; the first is thrown at the end, so that the run counts as failed and is seen.
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const faults: unknown[] = [];
  const keep = (fault: unknown): void => void faults.push(fault);
  await sweepOpen(deps, keep);
  await cleanDrops(deps).catch(keep);
  if (faults.length > 0) throw faults[0];
}

/** The same without deleting plaintext. Resolves to how many drops it found open. @param keep is told of each fault */
export async function sweepOpen(deps: SweepDeps, keep: (fault: unknown) => void): Promise<number> {
  let open = 0;
  const strange = (path: BlobPath): void => keep(new BrokenState(`${path} is no drop's record: its name is none.`));
  for await (const drop of listOpenIds(deps.blobs, strange)) {
    open += 1;
    await sweepDrop(deps, drop).catch((fault: unknown) => {
      deps.log.error("sweep.drop-failed", { drop, ...toErrorFields(fault) });
      keep(fault);
    });
  }
  return open;
}

async function sweepDrop(deps: SweepDeps, id: DropId): Promise<void> {
  const drop = await advanceDrop(deps, id);
  if (drop === undefined) return;
  await resume(deps, drop);
  // Last: what cannot be told must not keep anything from going on.
  await tellWaiting(deps, drop);
}

async function resume(deps: SweepDeps, drop: DropState): Promise<void> {
  const isStanding = deps.clock.now() - Math.max(drop.movedAt, drop.resumedAt ?? 0) >= deps.standstillInMs;
  // Noted first, so that a backlog is not enqueued anew at every sweep: once a standstill is often enough.
  if (isStanding) await moveDrop(deps, drop.id, (now) => ({ ...now, resumedAt: deps.clock.now() }));
  if (drop.state === "collecting") await resumeCollecting(deps, drop, isStanding);
  if (drop.state === "importing") await resumeRuns(deps, drop, isStanding);
  if (!isStanding) return;
  if (drop.state === "released") await resumeFiles(deps, drop);
  if (drop.state === "sealed") await resumeChunks(deps, drop);
  if (drop.state === "routed") await resumePartitions(deps, drop);
}

/** A file that is to be looked for again, or a fetch that died, needs the connector fetched once more. */
async function resumeCollecting(deps: SweepDeps, drop: DropState, isStanding: boolean): Promise<void> {
  if (drop.isResetting && isStanding) return await resetDrop(deps, drop);
  if (!(await hasDueFile(deps, drop)) && !isStanding) return;
  noteResumed(deps.log, drop, "fetch");
  await deps.queues.send("fetches", { v: 1, runId: toRunId(drop.id, drop.gen), connector: drop.connector });
}

/** One that was tried since it became due, in vain, waits a standstill: a site must not be signed in to at every sweep. */
async function hasDueFile(deps: SweepDeps, drop: DropState): Promise<boolean> {
  const now = deps.clock.now();
  const due = (await readFiles(deps.blobs, drop)).flatMap(({ state, nextTryAt = 0 }) =>
    state === "incomplete" && nextTryAt <= now ? [nextTryAt] : [],
  );
  const triedAt = (await readFetchRecord(deps.blobs, drop.connector))?.triedAt ?? 0;
  return due.some((nextTryAt) => triedAt < nextTryAt || now - triedAt >= deps.standstillInMs);
}

async function resumeFiles(deps: SweepDeps, drop: DropState): Promise<void> {
  for (const { id } of drop.chatFiles) {
    if ((await deps.blobs.head(paths.sealed(drop.id, id))) !== undefined) continue;
    noteResumed(deps.log, drop, "ticket");
    await renewTicket(deps, drop, id);
  }
}

async function resumeChunks(deps: SweepDeps, drop: DropState): Promise<void> {
  const { id, gen } = drop;
  const routed = new Set<string>();
  for await (const { path } of deps.blobs.list(paths.routedOf(id, gen))) routed.add(path);
  for (const file of drop.chatFiles) {
    const seal = (await readDocument(deps.blobs, paths.sealed(id, file.id), sealed))?.value;
    for (let chunk = 0; chunk < (seal?.chunks ?? 0); chunk += 1) {
      if (routed.has(paths.routed(id, gen, file.id, chunk))) continue;
      noteResumed(deps.log, drop, "chunk");
      await deps.queues.send("chats", { v: 1, runId: toRunId(id, gen), drop: id, gen, file: file.id, chunk });
    }
  }
}

async function resumePartitions(deps: SweepDeps, drop: DropState): Promise<void> {
  const { id, gen, partitions = 0 } = drop;
  for (let p = 0; p < partitions; p += 1) {
    if ((await deps.blobs.head(paths.part(id, gen, p))) !== undefined) continue;
    noteResumed(deps.log, drop, "partition");
    await deps.queues.send("partitions", { v: 1, runId: toRunId(id, gen), drop: id, gen, p, P: partitions });
  }
}

/** A run's own record tells when it is due; only one whose time has long passed is enqueued again. */
async function resumeRuns(deps: SweepDeps, drop: DropState, isStanding: boolean): Promise<void> {
  const started = new Set<string>();
  const prefix = paths.runs(drop.id, drop.gen);
  for await (const { path, modifiedAt } of deps.blobs.list(prefix)) {
    started.add(path.slice(prefix.length));
    if (deps.blobs.now() - modifiedAt < deps.standstillInMs) continue;
    const run = (await readDocument(deps.blobs, path, runState))?.value;
    if (run === undefined || run.state === "done" || run.state === "blocked") continue;
    if (deps.clock.now() - (run.nextAt ?? 0) < deps.standstillInMs) continue;
    noteResumed(deps.log, drop, "mailbox");
    // Touched, because it may only be waiting in a long queue: then it is left alone for another while.
    await updateDocument(deps.blobs, path, runState, (now) => ({ ...now }), { writer: deps.writer });
    await sendRun(deps, drop, run);
  }
  if (isStanding) await startMissing(deps, drop, started);
}

/** A part is written before its runs are made: where gathering ended in between, and its message is lost, they are missing. */
async function startMissing(deps: SweepDeps, drop: DropState, started: ReadonlySet<string>): Promise<void> {
  for await (const part of listParts(deps.blobs, drop)) {
    const runs = await startRuns(deps, { drop: drop.id, gen: drop.gen }, part, started);
    if (runs > 0) noteResumed(deps.log, drop, "run");
  }
}

async function sendRun(deps: SweepDeps, drop: DropState, run: RunState): Promise<void> {
  const { id, gen } = drop;
  await deps.queues.send("mailboxes", {
    v: 1,
    runId: toRunId(id, gen),
    drop: id,
    gen,
    mailbox: run.mailbox,
    slice: run.slice,
  });
}

function noteResumed(log: Log, drop: DropState, what: string): void {
  log.warn("drop.resumed", { drop: drop.id, gen: drop.gen, state: drop.state, what });
}
