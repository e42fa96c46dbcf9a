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
    "verifyInMs" | "verifyLookUps" | "retryAfterInMs" | "longestPauseInMs" | "answeredDoubtWaitInMs"
  >;
}

const mostRetries = 3;

/** Reads a run's chat days back from the mailbox, within bounds of time and look-ups. */
export class ReadBack {
  readonly #deps: ReadBackDeps;
  readonly #startedAt: number;
  #lookUps = 0;

  constructor(deps: ReadBackDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** Marks in `states` what the folder holds of a day; tells of doubles. Resolves to false when it could not all be read. */
  async markSeen(day: ChatDay, states: KeyStates, tell: (finding: Finding, key: ImportKey) => void): Promise<boolean> {
    // Even one page of each further day could cost a time-out each, and a drop of old history has hundreds of days.
    if (this.#isTimeOver()) return false;
    let retries = 0;
    for await (const page of this.#deps.mailbox.listKeys(this.#deps.folderId, day)) {
      if (page.type === "value") {
        for (const key of page.value) this.#mark(states, key, tell);
        if (this.#isTimeOver()) return false;
        continue;
      }
      retries += 1;
      const waitInMs = this.#toWaitInMs(page);
      if (waitInMs === undefined || retries > mostRetries || this.#isTimeOver()) return false;
      await this.#deps.clock.sleep(waitInMs);
    }
    return true;
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

  /** Undefined: waiting would not help, or take too long. */
  #toWaitInMs(answer: Exclude<Answer<unknown>, { type: "value" }>): number | undefined {
    const { retryAfterInMs, longestPauseInMs } = this.#deps.settings;
    if (answer.type !== "throttled" && answer.type !== "unknown") return undefined;
    const waitInMs = answer.retryAfterInMs ?? retryAfterInMs;
    return waitInMs <= longestPauseInMs ? waitInMs : undefined;
  }

  #isTimeOver(): boolean {
    return this.#deps.clock.now() - this.#startedAt >= this.#deps.settings.verifyInMs;
  }
}
