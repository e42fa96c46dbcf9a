import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../shared/store/clock.ts";

/**
 * A clock that waits turn: each sleep turns it by its length and is over at once, but for those that only renew leases
 * in the background, which last until they are called off.
 */
export class WorldClock implements Clock {
  #now: number;
  readonly #endless: ReadonlySet<number>;

  constructor(startAt: number, endlessInMs: readonly number[]) {
    this.#now = startAt;
    this.#endless = new Set(endlessInMs);
  }

  now(): number {
    return this.#now;
  }

  turn(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#endless.has(ms)) {
      this.#now += ms;
      return setImmediate();
    }
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }
}
