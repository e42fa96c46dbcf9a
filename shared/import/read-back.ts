import type { ChatDay, FeedId, ImportKey } from "../chat/identifiers.ts";
import type { Clock } from "../store/clock.ts";
import type { ImportSettings } from "./import-settings.ts";
import type { KeyStates } from "./key-states.ts";
import type { Answer, LookUp, Mailbox } from "./mailbox.ts";
import { toInternetMessageId } from "./message-ids.ts";

/** What verify finds wrong. Nothing is deleted or made good by itself: what it means is for people to say. */
export type Finding =
  /** A receipt, and the item is nowhere in the mailbox. */
  | "missing"
  /** The item lies in another folder. */
  | "moved"
  /** More than one item with the same key. */
  | "double"
  /** An item of ours that has no receipt. */
  | "unrecorded"
  /** Not seen in the folder, or the folder could not be read to the end, and not looked for any further. */
  | "unchecked";

/** What reading back needs. */
export interface ReadBackDeps {
  readonly mailbox: Pick<Mailbox, "listKeys" | "findByMessageId" | "findAnywhereByKey">;
  readonly folderId: string;
  readonly feed: FeedId;
  readonly clock: Clock;
  /** Storage's clock. */
  readonly now: () => number;
  readonly settings: Pick<
    ImportSettings,
    | "verifyInMs"
    | "verifyLookUps"
    | "retryAfterInMs"
    | "longestPauseInMs"
    | "answeredDoubtWaitInMs"
    | "outagePauseInMs"
    | "unauthorisedPauseInMs"
  >;
  /** Whether no slice comes after this one: what it cannot read stays unread. */
  readonly isLast: boolean;
  /** Look-ups that earlier slices have made. @default 0 */
  readonly lookUps?: number;
}

/** What reading a day back came to. */
export type DayRead =
  | { readonly type: "read" }
  /** It could not be read to its end, and will not be tried again. */
  | { readonly type: "unread" }
  /** Another slice is to read it, from its beginning, not before `inMs`. */
  | { readonly type: "later"; readonly inMs: number };

const mostRetries = 3;

/**
 * Reads a run's chat days back from the mailbox, within bounds of time and look-ups. A day that this slice has no time for,
 * or for which Graph wants to be left alone for long, is left to the next slice.
 */
export class ReadBack {
  readonly #deps: ReadBackDeps;
  readonly #startedAt: number;
  #lookUps: number;
  #days = 0;

  constructor(deps: ReadBackDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
    this.#lookUps = deps.lookUps ?? 0;
  }

  /** Look-ups that were made so far, by earlier slices too. */
  get lookUps(): number {
    return this.#lookUps;
  }

  /** Marks in `states` what the folder holds of a day; tells of doubles. */
  async markSeen(day: ChatDay, states: KeyStates, tell: (finding: Finding, key: ImportKey) => void): Promise<DayRead> {
    this.#days += 1;
    // Even one page of each further day could cost a time-out each, and a drop of old history has hundreds of days.
    if (this.#isTimeOver()) return this.#giveUp(0);
    let retries = 0;
    let isOver = false;
    for await (const page of this.#deps.mailbox.listKeys(this.#deps.folderId, day)) {
      if (page.type === "value") {
        if (isOver) return this.#giveUp(0);
        for (const key of page.value) this.#mark(states, key, tell);
        // It may have been the last page.
        isOver = this.#isTimeOver();
        continue;
      }
      retries += 1;
      const waitInMs = this.#toWaitInMs(page);
      if (waitInMs > this.#deps.settings.longestPauseInMs) return this.#leaveAlone(page, waitInMs);
      if (this.#isTimeOver()) return this.#giveUp(0);
      if (retries > mostRetries) return this.#giveUp(this.#deps.settings.outagePauseInMs);
      await this.#deps.clock.sleep(waitInMs);
    }
    return { type: "read" };
  }

  /**
   * What is to be said of an item that has a receipt and was not in the listing; undefined when it is in the folder after
   * all. "Not there" says nothing of one that was created a moment ago: a search may lag.
   *
   * @param receivedAt when its receipt was written (storage's clock).
   */
  async checkUnseen(key: ImportKey, receivedAt: number): Promise<Finding | undefined> {
    if (this.#lookUps >= this.#deps.settings.verifyLookUps || this.#isTimeOver()) return "unchecked";
    this.#lookUps += 1;
    const answer = await this.#find(key);
    const isYoung = this.#deps.now() - receivedAt < this.#deps.settings.answeredDoubtWaitInMs;
    if (answer.type === "absent") return isYoung ? "unchecked" : "missing";
    if (answer.type !== "found") return "unchecked";
    return answer.folderId === this.#deps.folderId ? undefined : "moved";
  }

  /** By its Message-ID; what Graph took without one, or gave another, by its key: else it would be called missing. */
  async #find(key: ImportKey): Promise<LookUp> {
    const { mailbox, feed } = this.#deps;
    const byMessageId = await mailbox.findByMessageId(toInternetMessageId(key, feed));
    if (byMessageId.type !== "absent") return byMessageId;
    const byKey = await mailbox.findAnywhereByKey(key);
    // Where Graph does not search so at all, the first answer stands.
    return byKey.type === "unknown" && byKey.isRefused === true ? byMessageId : byKey;
  }

  #mark(states: KeyStates, key: ImportKey, tell: (finding: Finding, key: ImportKey) => void): void {
    const seen = states.see(key);
    if (seen === "again") tell("double", key);
    if (seen === "unrecorded") tell("unrecorded", key);
  }

  /** Infinity: waiting does not help. */
  #toWaitInMs(answer: Exclude<Answer<unknown>, { type: "value" }>): number {
    const { retryAfterInMs, outagePauseInMs, unauthorisedPauseInMs } = this.#deps.settings;
    if (answer.type === "blocked") return Number.POSITIVE_INFINITY;
    if (answer.type === "unauthorised") return unauthorisedPauseInMs;
    if (answer.type === "unreachable") return outagePauseInMs;
    return answer.retryAfterInMs ?? retryAfterInMs;
  }

  /** A day with which a slice has begun, and that it cannot read either, must not keep the others from being read. */
  #giveUp(inMs: number): DayRead {
    return this.#deps.isLast || this.#days === 1 ? { type: "unread" } : { type: "later", inMs };
  }

  /** Graph has said how long: that is waited for even if it is the slice's first day, until the slices are used up. */
  #leaveAlone(answer: Exclude<Answer<unknown>, { type: "value" }>, inMs: number): DayRead {
    if (this.#deps.isLast || answer.type === "blocked") return { type: "unread" };
    return { type: "later", inMs };
  }

  #isTimeOver(): boolean {
    return this.#deps.clock.now() - this.#startedAt >= this.#deps.settings.verifyInMs;
  }
}
