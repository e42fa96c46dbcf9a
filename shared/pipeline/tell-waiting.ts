import { total } from "../import/tally.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { listDocuments } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { listDeadOfDrop } from "./dead-work.ts";
import type { DropState } from "./drop-state.ts";
import { type RunState, runState } from "./run-state.ts";

/** What telling of drops that wait takes. */
export interface WaitingDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly clock: { now(): number };
  /** A drop or a mailbox that has not moved for this long is told of. */
  readonly waitingAlertInMs: number;
}

/** Mailboxes told of one by one; in an outage of Graph all of them wait. */
const mailboxesNamed = 10;

/**
 * Says which drops wait, and for how long: for an admin at the gate, or for something that has been away too long (the
 * directory, Graph, a full mailbox). Said at every sweep, so that an alert on it lasts as long as the drop waits, and a
 * lost line does no harm.
 */
export async function tellWaiting(deps: WaitingDeps, drop: DropState): Promise<void> {
  const { id, gen, state } = drop;
  if (state === "held") return deps.log.warn("drop.waits-for-release", { drop: id, gen, ...drop.gate });
  const waitedInMs = deps.clock.now() - drop.movedAt;
  if (waitedInMs < deps.waitingAlertInMs) return;
  if (state === "importing") return await tellOfMailboxes(deps, drop);
  deps.log.warn("drop.waits-long", { drop: id, gen, state, waitedInMs, ...(await findReason(deps.blobs, drop)) });
}

/** A large drop may import for hours; what counts is a mailbox in which nothing happens any more. */
async function tellOfMailboxes({ blobs, log, waitingAlertInMs }: WaitingDeps, drop: DropState): Promise<void> {
  const { id, gen, state, movedAt } = drop;
  let [mailboxes, longestInMs] = [0, 0];
  for await (const { value: run } of listDocuments(blobs, paths.runs(id, gen), runState)) {
    const waitedInMs = blobs.now() - (run.progressedAt ?? run.startedAt ?? movedAt);
    if (hasEnded(run) || waitedInMs < waitingAlertInMs) continue;
    mailboxes += 1;
    longestInMs = Math.max(longestInMs, waitedInMs);
    if (mailboxes > mailboxesNamed) continue;
    const open = run.available - total(run.counts);
    log.warn("mailbox.waits-long", {
      drop: id,
      gen,
      mailbox: run.mailbox,
      waitedInMs,
      reason: run.reason,
      items: open,
    });
  }
  if (mailboxes === 0) return;
  const reason = await findReason(blobs, drop);
  log.warn("drop.waits-long", { drop: id, gen, state, waitedInMs: longestInMs, mailboxes, ...reason });
}

function hasEnded({ state }: RunState): boolean {
  return state === "done" || state === "blocked";
}

/** Why its work was last given up, where some was. */
async function findReason(
  blobs: Blobs,
  { id, gen }: DropState,
): Promise<{ readonly dead?: number; readonly because?: string }> {
  let dead = 0;
  let last: { readonly at: number; readonly because: string } | undefined;
  for await (const { reason } of listDeadOfDrop(blobs, { drop: id, gen })) {
    dead += 1;
    if (reason === undefined || reason.at < (last?.at ?? 0)) continue;
    last = {
      at: reason.at,
      because: reason.message === undefined ? reason.error : `${reason.error}: ${reason.message}`,
    };
  }
  return dead === 0 ? {} : { dead, ...(last === undefined ? {} : { because: last.because }) };
}
