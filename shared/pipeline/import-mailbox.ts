import { mailboxParts } from "../chat/identifiers.ts";
import { Brake } from "../import/brake.ts";
import { askPatiently, Home, meetAnswer } from "../import/home.ts";
import { importSlice } from "../import/import-slice.ts";
import { LeaseGuard } from "../import/lease-guard.ts";
import { LedgerWriter } from "../import/ledger.ts";
import { toGeneration } from "../import/ledger-line.ts";
import { findHome } from "../import/mailbox-home.ts";
import { Progress } from "../import/progress.ts";
import { ReadBack } from "../import/read-back.ts";
import type { SliceContext } from "../import/slice-context.ts";
import type { SliceEnd } from "../import/slice-end.ts";
import { WorkList } from "../import/work-list.ts";
import { paths } from "../store/paths.ts";
import type { Task } from "../store/queues.ts";
import { beginSlice, endRun, endSlice, type Turn } from "./import-bookkeeping.ts";
import type { ImportDeps, ImportOutcome } from "./import-deps.ts";
import { writeResult } from "./import-result.ts";
import { type RunSummary, readSummary } from "./run-result.ts";
import { holdRun, type RunState } from "./run-state.ts";

type MailboxTask = Task<"mailboxes">;

/** A message names a run that was never created: whoever enqueues must create it first. */
export class MissingRun extends Error {
  override readonly name = "MissingRun";
  readonly messageIsOurs = true;

  constructor({ drop, gen, mailbox }: MailboxTask) {
    super(`There is no run state/run/${drop}/${gen}/${mailbox}: its message came before it was created`);
  }
}

/**
 * Imports one slice of a mailbox run: one writer a mailbox, each item exactly once, whatever breaks. Every effect is made
 * durable before the message that follows from it is sent, and that before this one is acknowledged; so a crash at any
 * line leaves a state from which the same message, or the sweep, goes on.
 *
 * @throws whatever could not be classified: the message then comes again.
 */
export async function importMailbox(deps: ImportDeps, task: MailboxTask): Promise<ImportOutcome> {
  const { settings } = deps;
  if (await isGivenUp(deps, task)) return { outcome: "out-of-date" };
  const lease = await deps.blobs.lease(paths.lock(task.mailbox), settings.leaseInMs);
  if (lease === undefined) return putOff(deps, task, "locked", settings.lockedPauseInMs);
  const guard = new LeaseGuard(lease, deps.clock, settings);
  try {
    return await importLocked(deps, task, guard);
  } finally {
    await guard.release();
  }
}

/**
 * Whether the drop has begun a newer generation. What this one still had to do is in the work of that one, as far as its
 * mapping still names this mailbox; and this one's work list may be deleted, so that its messages would end as poison.
 */
async function isGivenUp({ generationOf }: ImportDeps, { drop, gen }: MailboxTask): Promise<boolean> {
  return ((await generationOf(drop)) ?? gen) > gen;
}

async function importLocked(deps: ImportDeps, task: MailboxTask, guard: LeaseGuard): Promise<ImportOutcome> {
  const held = await holdRun(deps.blobs, task);
  if (held === undefined) throw new MissingRun(task);
  const run = held.value;
  if (run.slice !== task.slice || run.state === "done" || run.state === "blocked") return { outcome: "out-of-date" };
  const earlyInMs = (run.nextAt ?? 0) - deps.blobs.now();
  if (earlyInMs > 1000) return putOff(deps, task, "too-early", earlyInMs);
  const turn = await beginSlice(deps, task, held);
  if (turn === undefined) return { outcome: "out-of-date" };
  // The result is a run's last word: where one is there, only the note that the run is over was lost.
  const summary = turn.isFirst
    ? undefined
    : await readSummary(deps.blobs, paths.result(task.drop, task.gen, task.mailbox));
  if (summary !== undefined) return finish(deps, turn, summary);
  return work(deps, turn, guard);
}

async function work(deps: ImportDeps, turn: Turn, guard: LeaseGuard): Promise<ImportOutcome> {
  const { task, run } = turn;
  const slice = await openSlice(deps, turn, guard);
  const list = new WorkList(deps.blobs, paths.work(task.drop, task.gen, task.mailbox));
  const end = slice.brake.end ?? (await importSlice(slice, list.from(run.cursor)));
  note(deps, slice, end);
  if (end.type === "overtaken") return putOff(deps, task, "overtaken", deps.settings.lockedPauseInMs);
  if (end.type === "paused") return endSlice(deps, turn, slice.progress, end);
  // A result is the run's last word: a worker that stood still must not speak it while another is importing.
  if (!(await guard.isHeld())) return putOff(deps, task, "overtaken", deps.settings.lockedPauseInMs);
  const blocked = end.type === "blocked" ? end.reason : undefined;
  const openReadBack = blocked === undefined ? toReadBack(deps, slice, run) : undefined;
  const linesFrom = (from: number) => list.from(from);
  const source = { run, isFirst: turn.isFirst, slice, blobs: deps.blobs, linesFrom, openReadBack, blocked };
  const written = await writeResult(source, paths.result(task.drop, task.gen, task.mailbox));
  if (written.type === "written") return finish(deps, turn, written.summary);
  const { days, daysRead } = written.told.verify;
  slice.log.info("verify.continues", { days, daysRead, waitInMs: written.inMs });
  const nextAt = written.inMs === 0 ? {} : { nextAt: deps.blobs.now() + written.inMs };
  return endSlice(deps, turn, slice.progress, { type: "paused", reason: "verifying", ...nextAt });
}

/** Gathers what the slice needs. When the mailbox or its folder cannot be had, the slice has ended before it begins. */
async function openSlice(
  deps: ImportDeps,
  { task, run, isFirst, writer }: Turn,
  guard: LeaseGuard,
): Promise<SliceContext> {
  const { blobs, clock, settings, random } = deps;
  const log = deps.log.child({ drop: task.drop, gen: task.gen, mailbox: task.mailbox, slice: task.slice });
  const mailbox = deps.mailboxOf(mailboxParts(task.mailbox).oid);
  const brake = new Brake({ clock, now: () => blobs.now(), random, settings });
  const options = { writer };
  const home = { blobs, mailbox, seenMailbox: deps.seenMailbox, folder: settings.folder, options, log };
  const find = () => askPatiently(() => findHome(home, task.mailbox), clock);
  const [people, facts, folder] = [
    await deps.peopleOf(task.drop, task.gen),
    await deps.factsOf(task.drop),
    await find(),
  ];
  if (folder.type !== "value") meetAnswer(brake, folder);
  return {
    ...{ blobs, clock, settings, log, mailbox, brake, guard, mailboxId: task.mailbox },
    generation: toGeneration(task.drop, task.gen),
    isFirst: isFirst && task.gen === 1,
    startedAt: run.startedAt ?? blobs.now(),
    item: { drop: task.drop, people, facts },
    home: new Home(folder.type === "value" ? folder.value : "", { find, brake }),
    writer: new LedgerWriter(writer, task.slice),
    progress: new Progress(run),
  };
}

function toReadBack(
  { blobs, clock, settings }: ImportDeps,
  { mailbox, home, item }: SliceContext,
  { verifySlices }: RunState,
): (lookUps: number) => ReadBack {
  const now = () => blobs.now();
  const isLast = verifySlices + 1 >= settings.verifySlices;
  const common = { mailbox, folderId: home.folderId, feed: item.facts.feed, clock, now, settings, isLast };
  return (lookUps) => new ReadBack({ ...common, lookUps });
}

async function finish(deps: ImportDeps, turn: Turn, summary: RunSummary): Promise<ImportOutcome> {
  const { verify, counts, state, degraded, deviating } = summary;
  const { drop, gen, mailbox } = turn.task;
  const { missing, moved, double, unrecorded, unchecked, days, daysRead } = verify;
  if (missing + double + unrecorded > 0) {
    deps.log.error("verify.found", { drop, gen, mailbox, missing, moved, double, unrecorded, unchecked });
  }
  deps.log.info("run.ended", { drop, gen, mailbox, state, ...counts, degraded, deviating, days, daysRead });
  await endRun(deps, turn, summary);
  return { outcome: state };
}

async function putOff(
  { queues }: ImportDeps,
  task: MailboxTask,
  because: (ImportOutcome & { outcome: "put-off" })["because"],
  delayInMs: number,
): Promise<ImportOutcome> {
  await queues.send("mailboxes", task, Math.min(delayInMs, 7 * 86_400_000));
  return { outcome: "put-off", because };
}

function note(deps: ImportDeps, { progress, log, brake }: SliceContext, end: SliceEnd): void {
  const fields = { end: end.type, ...progress.counts, ...brake.throttling, cursor: progress.cursor };
  if (end.type === "blocked") log.error("mailbox.blocked", { reason: end.reason, code: end.code });
  if (end.type === "paused" && end.reason === "unauthorised") log.error("graph.unauthorised", {});
  const waitInMs = end.type === "paused" && end.nextAt !== undefined ? end.nextAt - deps.blobs.now() : undefined;
  log.info("slice.ended", { ...fields, reason: "reason" in end ? end.reason : undefined, waitInMs });
}
