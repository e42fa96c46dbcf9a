import type { MailboxId } from "../chat/identifiers.ts";
import { noTally, type Tally, total } from "../import/tally.ts";
import type { Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import type { DropBoard } from "./drop-board.ts";
import { stateOf } from "./drop-pace.ts";
import type { DropState } from "./drop-state.ts";
import type { WatchedRun } from "./generation-watch.ts";
import { toUnreadable } from "./read-problem.ts";
import { type RunSummary, readSummary } from "./run-result.ts";

/** A mailbox run as it is shown. */
export interface ShownRun {
  readonly mailbox: MailboxId;
  readonly state: ReturnType<typeof stateOf>;
  readonly reason?: string;
  /** ms since 1970 */
  readonly nextAt?: number;
  readonly startedAt?: number;
  readonly progressedAt?: number;
  readonly available: number;
  readonly counts: Tally;
  readonly open: number;
  readonly findings?: Pick<RunSummary, "degraded" | "deviating"> & Omit<RunSummary["verify"], "days" | "daysRead">;
  readonly problem?: string;
}

/** Which mailboxes are asked for; what is not given does not matter. */
export interface MailboxFilter {
  readonly state?: ReturnType<typeof stateOf> | undefined;
  readonly reason?: string | undefined;
  /** What the id begins with. */
  readonly mailbox?: string | undefined;
}

/**
 * A page of a generation's mailboxes, in order of id, behind `after`. Of those that have ended the result is read too, of
 * the page alone. The runs' records stay when the plaintext goes, so this works of a cleaned drop as well.
 */
export async function pageMailboxes(
  { blobs, board }: { readonly blobs: Blobs; readonly board: DropBoard },
  { id, gen }: Pick<DropState, "id" | "gen">,
  filter: MailboxFilter,
  { limit, after = "" }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly runs: readonly ShownRun[]; readonly isLast: boolean }> {
  const now = blobs.now();
  const watched = await board.watchOf({ id, gen }).lookAtRuns({ id, gen });
  const wanted = watched.filter((run) => run.mailbox > after && isWanted(run, filter, now));
  const sorted = wanted.sort((a, b) => (a.mailbox < b.mailbox ? -1 : 1));
  const runs: ShownRun[] = [];
  const page = sorted.slice(0, limit);
  for await (const run of mapAhead(page, 16, (one) => show(blobs, { id, gen }, one, now))) runs.push(run);
  return { runs, isLast: sorted.length <= limit };
}

function isWanted(run: WatchedRun, { state, reason, mailbox = "" }: MailboxFilter, now: number): boolean {
  if (!run.mailbox.startsWith(mailbox)) return false;
  if (state !== undefined && stateOf(run, now) !== state) return false;
  return reason === undefined || run.run?.reason === reason;
}

async function show(
  blobs: Pick<Blobs, "stream">,
  { id, gen }: Pick<DropState, "id" | "gen">,
  watched: WatchedRun,
  now: number,
): Promise<ShownRun> {
  const { mailbox, run, hasEnded, settled, unreadable } = watched;
  const state = stateOf(watched, now);
  if (!hasEnded)
    return {
      mailbox,
      state,
      ...toRunFields(watched),
      ...(unreadable === undefined ? {} : { problem: unreadable.problem }),
    };
  try {
    const summary = await readSummary(blobs, paths.result(id, gen, mailbox));
    if (summary !== undefined) return { ...toRunFields(watched), mailbox, ...toEnded(summary) };
    const problem = `The result ${paths.result(id, gen, mailbox)} is missing.`;
    return { mailbox, state, ...toRunFields(watched), problem };
  } catch (error) {
    const fault = toUnreadable(paths.result(id, gen, mailbox), error);
    if (fault === undefined) throw error;
    const available = run?.available ?? total(settled);
    return { ...toRunFields(watched), mailbox, state: "unreadable", available, problem: fault.problem };
  }
}

function toRunFields({ run, settled, hasEnded, modifiedAt }: WatchedRun): Omit<ShownRun, "mailbox" | "state"> {
  if (run === undefined) return { available: 0, counts: noTally, open: 0 };
  const { available, reason, nextAt, startedAt } = run;
  // A run of one slice ends without having told of progress before.
  const progressedAt = hasEnded ? modifiedAt : run.progressedAt;
  return {
    ...{ available, counts: settled, open: Math.max(0, available - total(settled)) },
    ...(reason === undefined ? {} : { reason }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(progressedAt === undefined ? {} : { progressedAt }),
  };
}

function toEnded({ state, reason, available, counts, degraded, deviating, verify }: RunSummary) {
  const { missing, moved, double, unrecorded, unchecked } = verify;
  return {
    ...{ state, available, counts, open: available - total(counts) },
    ...(reason === undefined ? {} : { reason }),
    findings: { degraded, deviating, missing, moved, double, unrecorded, unchecked },
  };
}
