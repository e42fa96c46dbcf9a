import { type EmailItem, withoutRefused } from "./email-item.ts";
import type { ItemLine, ReceiptMark } from "./ledger-line.ts";
import type { Ambiguous, CreateOutcome, Optional } from "./mailbox.ts";
import type { SliceContext } from "./slice-context.ts";
import type { WorkEntry } from "./work-list.ts";

/** What became of an item whose intent is durable. */
export type Sent =
  /** To be written into the ledger. */
  | { readonly type: "line"; readonly line: ItemLine }
  /** Nobody knows: its intent stays the last word. */
  | { readonly type: "doubt" }
  /** Certainly not created. */
  | { readonly type: "unsent" }
  /** Certainly not created, and it might be without these: to be intended as such first. */
  | { readonly type: "degrade"; readonly without: readonly Optional[] };

/**
 * Creates one item. Only a folder that is gone, which proves that nothing was done, is followed by another request.
 *
 * @param without what it is sent without because Graph refused it before; none: it is sent whole.
 */
export async function sendItem(
  slice: SliceContext,
  entry: WorkEntry,
  whole: EmailItem,
  { intendedAt, without = [] }: { readonly intendedAt: number; readonly without?: readonly Optional[] },
): Promise<Sent> {
  const isDegraded = without.length > 0;
  const item = isDegraded ? withoutRefused(whole, without) : whole;
  while (await mayCreate(slice, intendedAt)) {
    const { folderId } = slice.home;
    const outcome = await slice.mailbox.create(folderId, item, () => isTimely(slice, intendedAt));
    const sent = await settle(slice, entry, { item, isDegraded, folderId, outcome });
    if (sent !== "again") return sent;
  }
  return { type: "unsent" };
}

/**
 * The last check before a request, with nothing to wait for between it and the request: the lock is ours and will
 * outlast the request, and the intent is so young that whoever takes over cannot yet take "not there" for an answer.
 */
async function mayCreate(slice: SliceContext, intendedAt: number): Promise<boolean> {
  const { brake, guard } = slice;
  if (!(await brake.mayGoOn())) return false;
  if (!(await guard.isHeld())) brake.stop({ type: "overtaken" });
  return brake.end === undefined && isTimely(slice, intendedAt);
}

function isTimely({ guard, blobs, settings }: SliceContext, intendedAt: number): boolean {
  // A clock that was turned back makes an old intent look young, so a time to come counts as well.
  const ageInMs = Math.abs(blobs.now() - intendedAt);
  return guard.isFresh() && ageInMs < settings.freshIntentInMs;
}

type Refused = CreateOutcome & { readonly type: "refused" };

interface Attempt {
  readonly item: EmailItem;
  readonly isDegraded: boolean;
  readonly folderId: string;
  readonly outcome: CreateOutcome;
}

async function settle(slice: SliceContext, entry: WorkEntry, attempt: Attempt): Promise<Sent | "again"> {
  const { outcome, item, isDegraded } = attempt;
  switch (outcome.type) {
    case "created":
      slice.brake.meetClear();
      return { type: "line", line: toReceipt(slice, entry, attempt, outcome) };
    case "refused":
      slice.brake.meetClear();
      if (!isDegraded && outcome.becauseOf.length > 0) return toDegrade(slice, item, outcome);
      return { type: "line", line: toFailure(slice, entry, outcome.reason) };
    case "folder-gone":
      await slice.home.renew(attempt.folderId);
      return "again";
    case "throttled":
      slice.brake.meet(outcome);
      // By contract nothing was done. Were it done all the same, sending it again at once would have it there twice,
      // while looking first costs a few requests for each of the three that are under way when throttling begins.
      return { type: "line", line: { type: "I", key: item.key, at: slice.blobs.now(), flag: "throttled" } };
    case "ambiguous":
      return toDoubt(slice, item, outcome);
    case "blocked":
    case "unauthorised":
    case "unreachable":
      slice.brake.meet(outcome);
      return { type: "unsent" };
  }
}

/** The ledger must know it first: one without Message-ID is looked for otherwise, whoever takes over. */
function toDegrade(slice: SliceContext, { key }: EmailItem, { reason, becauseOf }: Refused): Sent {
  slice.log.warn("item.degraded", { mailbox: slice.mailboxId, key, reason });
  return { type: "degrade", without: becauseOf };
}

/** What Graph has answered is written down: the request is over, so a shorter wait is enough, for later workers too. */
function toDoubt(slice: SliceContext, { key }: EmailItem, outcome: Ambiguous): Sent {
  slice.brake.meetAmbiguous(outcome.retryAfterInMs);
  slice.log.warn("item.in-doubt", { mailbox: slice.mailboxId, key, because: outcome.because });
  if (!outcome.wasAnswered) return { type: "doubt" };
  return { type: "line", line: { type: "I", key, at: slice.blobs.now(), flag: "answered" } };
}

function toReceipt(
  slice: SliceContext,
  { source }: WorkEntry,
  { item, isDegraded }: Attempt,
  { graphId, deviations }: CreateOutcome & { type: "created" },
): ItemLine {
  const marks: ReceiptMark[] = [];
  if (isDegraded) marks.push("degraded");
  if (deviations.length > 0) {
    marks.push("deviates");
    slice.log.error("item.deviates", { mailbox: slice.mailboxId, key: item.key, deviations: deviations.join(",") });
  }
  const { key, outcome } = item;
  return { type: "R", key, outcome, marks, graphId, at: slice.blobs.now(), generation: slice.generation, source };
}

/** An item that is not in the mailbox, and why. */
export function toFailure(slice: SliceContext, { work, source }: WorkEntry, reason: string): ItemLine {
  slice.log.warn("item.failed", { mailbox: slice.mailboxId, key: work.item.key, reason });
  return { type: "X", key: work.item.key, reason, at: slice.blobs.now(), generation: slice.generation, source };
}
