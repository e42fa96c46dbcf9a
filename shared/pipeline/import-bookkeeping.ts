import type { Progress } from "../import/progress.ts";
import type { SliceEnd } from "../import/slice-end.ts";
import { total } from "../import/tally.ts";
import { paths } from "../store/paths.ts";
import type { Task } from "../store/queues.ts";
import { type HeldDocument, updateHeld } from "../store/state-document.ts";
import type { ImportDeps, ImportOutcome } from "./import-deps.ts";
import type { RunSummary } from "./run-result.ts";
import { type RunState, runState } from "./run-state.ts";

/** One slice's turn at a run. */
export interface Turn {
  readonly task: Task<"mailboxes">;
  readonly run: RunState;
  /** Whether no slice has begun before: what slices leave behind cannot be there. */
  readonly isFirst: boolean;
  /** The run as this turn has written it last. */
  readonly held: HeldDocument<RunState>;
  /** Name of this turn's writer, in the ledger and in state. */
  readonly writer: string;
}

const longestDelayInMs = 7 * 86_400_000;

/** Notes that the slice is under way. Undefined when it is no longer this slice's turn. */
export async function beginSlice(
  deps: ImportDeps,
  task: Task<"mailboxes">,
  found: HeldDocument<RunState>,
): Promise<Turn | undefined> {
  const writer = deps.newWriter();
  const now = deps.blobs.now();
  let isFirst = false;
  const held = await change(deps, { task, writer, held: found }, ({ nextAt, reason, ...others }) => {
    isFirst = others.state === "pending";
    return { ...others, state: "running", startedAt: others.startedAt ?? now };
  });
  return held === undefined ? undefined : { task, run: held.value, isFirst, held, writer };
}

/**
 * Hands on to the next slice: first the state, so that this message is out of date when it comes again, then the
 * message, and only then may this one be acknowledged. Dying in between leaves it to the sweep.
 */
export async function endSlice(
  deps: ImportDeps,
  turn: Turn,
  progress: Progress,
  { reason, nextAt }: SliceEnd & { type: "paused" },
): Promise<ImportOutcome> {
  const { cursor, settled, counts } = progress;
  const slice = turn.task.slice + 1;
  const when = nextAt === undefined ? {} : { nextAt };
  const now = deps.blobs.now();
  const next = await change(deps, turn, (run) => {
    const progressed = total(counts) > total(run.counts) ? { progressedAt: now } : {};
    const verifySlices = run.verifySlices + (reason === "verifying" ? 1 : 0);
    return { ...run, slice, cursor, settled, counts, reason, verifySlices, ...when, ...progressed };
  });
  if (next === undefined) return { outcome: "out-of-date" };
  const delayInMs = Math.max(0, (nextAt ?? 0) - deps.blobs.now());
  await deps.queues.send("mailboxes", { ...turn.task, slice }, Math.min(delayInMs, longestDelayInMs));
  return { outcome: "continued", ...when };
}

/** Notes how the run ended, after its result is durable. */
export async function endRun(deps: ImportDeps, turn: Turn, summary: RunSummary): Promise<void> {
  const { state, reason, counts, available } = summary;
  const why = reason === undefined ? {} : { reason };
  await change(deps, turn, (run) => ({ ...run, state, ...why, counts, settled: counts, cursor: available }));
}

/** Changes the run, unless it has gone on without this slice. */
async function change(
  { blobs }: ImportDeps,
  { task, writer, held }: Pick<Turn, "task" | "writer" | "held">,
  next: (run: RunState) => RunState,
): Promise<HeldDocument<RunState> | undefined> {
  const path = paths.run(task.drop, task.gen, task.mailbox);
  const isOver = (run: RunState) => run.slice !== task.slice || run.state === "done" || run.state === "blocked";
  return updateHeld(blobs, path, runState, held, (run) => (isOver(run) ? undefined : next(run)), { writer });
}
