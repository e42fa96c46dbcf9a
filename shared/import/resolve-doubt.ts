import { outcomeWhenThere } from "./build-item.ts";
import type { ImportSettings } from "./import-settings.ts";
import type { ItemLine, ReceiptMark } from "./ledger-line.ts";
import type { LookUp } from "./mailbox.ts";
import { toInternetMessageId } from "./message-ids.ts";
import { toFailure } from "./send-item.ts";
import type { SliceContext } from "./slice-context.ts";
import { inDoubt } from "./standing.ts";
import type { WorkEntry } from "./work-list.ts";

/** Since when an item is in doubt, and whether Graph had answered (a 5xx or a 429). */
export interface Doubt {
  readonly since: number;
  readonly wasAnswered: boolean;
}

/** Why an item that Graph never took and never refused in so many words counts as failed. */
const neverAccepted = "never-accepted";
/** A run may be old for other reasons, so its age alone does not condemn an item. */
const fewestTries = 3;

/** What looking for an item came to. */
export type Resolution =
  | { readonly type: "line"; readonly line: ItemLine }
  /** It is not there: it may be created after all. */
  | { readonly type: "create" }
  /** Worth looking again at `until` (storage's clock). */
  | { readonly type: "wait"; readonly until: number };

type Waits = Pick<ImportSettings, "doubtWaitInMs" | "answeredDoubtWaitInMs" | "earlyLookUpInMs">;

/** From when on "not there" counts: the request is surely over and the search has caught up. */
export function ripeAt({ since, wasAnswered }: Doubt, waits: Waits): number {
  return since + (wasAnswered ? Math.min(waits.answeredDoubtWaitInMs, waits.doubtWaitInMs) : waits.doubtWaitInMs);
}

/** When looking for it first makes sense. */
export function firstLookAt(doubt: Doubt, waits: Waits): number {
  return Math.min(doubt.since + waits.earlyLookUpInMs, ripeAt(doubt, waits));
}

/**
 * Settles a doubt if that can be done now. "There" counts at any time. "Not there" counts only when both look-ups say so
 * after the wait: the first through the whole mailbox, because people move items; the second by another property,
 * because one index may lag. A third goes through the whole mailbox by that property, for what bears no Message-ID of
 * ours. A look-up without an answer settles nothing, however often.
 *
 * @param doubt `tries`: how often its creation was intended so far; `isDegraded`: whether the last one left something out.
 */
export async function resolveDoubt(
  slice: SliceContext,
  entry: WorkEntry,
  doubt: Doubt & { readonly tries: number; readonly isDegraded: boolean },
): Promise<Resolution> {
  const now = slice.blobs.now();
  if (now < firstLookAt(doubt, slice.settings)) return { type: "wait", until: firstLookAt(doubt, slice.settings) };
  const isRipe = now >= ripeAt(doubt, slice.settings);
  const { key } = entry.work.item;
  const byMessageId = await ask(slice, () =>
    slice.mailbox.findByMessageId(toInternetMessageId(key, slice.item.facts.feed)),
  );
  if (byMessageId.type === "found") return toFound(slice, entry, byMessageId.graphId, doubt);
  if (byMessageId.type !== "absent") return toOpen(slice, entry, doubt);
  if (!isRipe) return { type: "wait", until: ripeAt(doubt, slice.settings) };
  const byKey = await ask(slice, () => slice.mailbox.findByKey(slice.home.folderId, key));
  if (byKey.type === "found") return toFound(slice, entry, byKey.graphId, doubt);
  if (byKey.type !== "absent") return toOpen(slice, entry, doubt);
  const anywhere = await ask(slice, () => slice.mailbox.findAnywhereByKey(key));
  if (anywhere.type === "found") return toFound(slice, entry, anywhere.graphId, doubt);
  if (anywhere.type !== "absent" && !isDispensable(anywhere, doubt)) return toOpen(slice, entry, doubt);
  // An item that Graph answers with a 500 each time would keep its run, and so its drop, from ever ending.
  const isHopeless = doubt.tries >= fewestTries && now - slice.startedAt >= slice.settings.doubtLimitInMs;
  return isHopeless ? { type: "line", line: toFailure(slice, entry, neverAccepted) } : { type: "create" };
}

/** Where Graph will not search so, what was sent with its Message-ID is found by that; a degraded item has no other way. */
function isDispensable(answer: LookUp, { isDegraded }: { readonly isDegraded: boolean }): boolean {
  return answer.type === "unknown" && answer.isRefused === true && !isDegraded;
}

async function ask({ brake }: SliceContext, lookUp: () => Promise<LookUp>): Promise<LookUp> {
  if (!(await brake.mayGoOn())) return { type: "unknown", because: "slice-over" };
  const answer = await lookUp();
  if (answer.type === "found" || answer.type === "absent" || answer.type === "unknown") return answer;
  brake.meet(answer);
  return answer;
}

function toFound(
  slice: SliceContext,
  entry: WorkEntry,
  graphId: string,
  { isDegraded }: { readonly isDegraded: boolean },
): Resolution {
  const { source, work } = entry;
  const marks: readonly ReceiptMark[] = isDegraded ? ["degraded", "found"] : ["found"];
  const outcome = outcomeWhenThere(slice.item, entry);
  const { generation } = slice;
  const at = slice.blobs.now();
  const line = { type: "R", key: work.item.key, outcome, marks, graphId, at, generation, source } as const;
  return { type: "line", line };
}

/**
 * Asks again later, ever more rarely. After a long time without an answer the item is reported as failed, in doubt; a
 * blind creation it never becomes.
 */
function toOpen(slice: SliceContext, entry: WorkEntry, { since }: Doubt): Resolution {
  const now = slice.blobs.now();
  // An intent of a time to come was written with a wrong clock: the run's beginning counts then.
  const from = since > now ? slice.startedAt : Math.max(since, slice.startedAt);
  const isOver = slice.brake.end === undefined && now - from >= slice.settings.doubtLimitInMs;
  const waitInMs = Math.max(slice.settings.lookUpAgainInMs, (now - from) / 8);
  if (!isOver) return { type: "wait", until: now + Math.ceil(waitInMs) };
  return { type: "line", line: toFailure(slice, entry, inDoubt) };
}
