import type { Clock } from "../store/clock.ts";
import type { ImportSettings } from "./import-settings.ts";
import type { Trouble } from "./mailbox.ts";
import type { PauseReason, SliceEnd } from "./slice-end.ts";

/** What a brake needs. */
export interface BrakeDeps {
  readonly clock: Clock;
  /** Storage's clock. */
  readonly now: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
  readonly settings: ImportSettings;
}

/** Graph asks for minutes; what asks for more than a day is broken, and coming back once a day harms nobody. */
const longestRestInMs = 86_400_000;
const longestJitterInMs = 10_000;
/** A Retry-After of 0, or a date that has passed, would have every lane send as fast as the line allows, for minutes. */
const shortestRestInMs = 1000;

/** Slows down or ends a slice for all its lanes: what Graph says to one request holds for the whole mailbox. */
export class Brake {
  readonly #deps: BrakeDeps;
  readonly #startedAt: number;
  readonly #ended = new AbortController();
  #resting: Promise<unknown> = Promise.resolve();
  #end: SliceEnd | undefined;
  #ambiguousInRow = 0;
  #throttles = 0;
  #throttledInMs = 0;

  constructor(deps: BrakeDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** How the slice ends, once that is decided. */
  get end(): SliceEnd | undefined {
    return this.#end;
  }

  /** How often Graph asked to slow down, and the waits it asked for, in ms in all. */
  get throttling(): { readonly throttles: number; readonly throttledInMs: number } {
    return { throttles: this.#throttles, throttledInMs: this.#throttledInMs };
  }

  /** Ends the slice. The first reason stays, with the latest time; but who is overtaken may write nothing any more. */
  stop(end: SliceEnd): void {
    const first = this.#end;
    this.#ended.abort();
    if (first === undefined || end.type === "overtaken") this.#end = end;
    if (first?.type !== "paused" || end.type !== "paused") return;
    const nextAt = Math.max(first.nextAt ?? 0, end.nextAt ?? 0);
    if (nextAt > 0) this.#end = { ...first, nextAt };
  }

  /** Ends the slice, to go on after `inMs`; jitter on top, so that mailboxes stopped together do not start together. */
  pause(reason: PauseReason, inMs?: number): void {
    const nextAt =
      inMs === undefined ? {} : { nextAt: this.#deps.now() + this.#withJitter(Math.min(inMs, longestRestInMs)) };
    this.stop({ type: "paused", reason, ...nextAt });
  }

  /** Ends the slice when its time is over: between batches only, so that each slice gets at least one done. */
  checkTime(): void {
    if (this.#deps.clock.now() - this.#startedAt >= this.#deps.settings.sliceInMs) this.pause("slice-over");
  }

  /** Waits until requests may be sent again. Resolves to false when the slice has ended. */
  async mayGoOn(): Promise<boolean> {
    for (let resting: Promise<unknown> | undefined; resting !== this.#resting; ) {
      resting = this.#resting;
      await resting;
    }
    return this.#end === undefined;
  }

  /** Takes what stands in the way of every request to this mailbox. */
  meet(trouble: Trouble): void {
    const { settings } = this.#deps;
    switch (trouble.type) {
      case "throttled":
        this.#rest(this.#noteThrottle(trouble), "throttled");
        break;
      case "blocked":
        this.stop(trouble);
        break;
      case "unauthorised":
        this.pause("unauthorised", settings.unauthorisedPauseInMs);
        break;
      case "unreachable":
        this.pause("graph-unreachable", settings.outagePauseInMs);
        break;
    }
  }

  /** Takes what stands in the way of something without which the slice cannot go on: even a short wait ends it. */
  stopFor(trouble: Trouble): void {
    if (trouble.type === "throttled") this.pause("throttled", this.#noteThrottle(trouble));
    else this.meet(trouble);
  }

  /**
   * Takes an ambiguous answer. After some in a row Graph is taken to be down and the slice ends: else an outage would put
   * every item of the mailbox in doubt, each with its wait and its look-ups.
   */
  meetAmbiguous(retryAfterInMs: number | undefined): void {
    this.#ambiguousInRow += 1;
    if (retryAfterInMs !== undefined) this.#rest(retryAfterInMs, "graph-outage");
    if (this.#ambiguousInRow >= this.#deps.settings.outageAfter) this.meetOutage(retryAfterInMs);
  }

  /** Ends the slice because Graph gives no usable answers. */
  meetOutage(retryAfterInMs = 0): void {
    this.pause("graph-outage", Math.max(this.#deps.settings.outagePauseInMs, retryAfterInMs));
  }

  /** Ends the slice because the folder comes and goes. */
  pauseUnstable(): void {
    this.pause("folder-unstable", this.#deps.settings.outagePauseInMs);
  }

  /** Takes an answer that is clear. */
  meetClear(): void {
    this.#ambiguousInRow = 0;
  }

  #noteThrottle({ retryAfterInMs = this.#deps.settings.retryAfterInMs }: Trouble & { type: "throttled" }): number {
    this.#throttles += 1;
    this.#throttledInMs += retryAfterInMs;
    return retryAfterInMs;
  }

  #rest(askedInMs: number, reason: PauseReason): void {
    const inMs = Math.max(askedInMs, shortestRestInMs);
    if (inMs > this.#deps.settings.longestPauseInMs) {
      this.pause(reason, inMs);
      return;
    }
    // Cut short only by the slice's end, after which no request is sent.
    const sleeping = this.#deps.clock.sleep(this.#withJitter(inMs), this.#ended.signal).catch(() => undefined);
    this.#resting = Promise.all([this.#resting, sleeping]);
  }

  /**
   * Never less than asked for: coming back early makes Graph throttle for longer. Of a long pause seconds are enough to keep
   * mailboxes apart; a quarter of it would leave a busy one idle for a minute of each ten.
   */
  #withJitter(inMs: number): number {
    return Math.ceil(inMs + Math.min(inMs / 4, longestJitterInMs) * this.#deps.random());
  }
}
