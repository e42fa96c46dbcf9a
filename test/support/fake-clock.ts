import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../shared/store/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A Thursday afternoon: where a fake clock starts unless told otherwise (2026-06-04T13:00:00Z). */
export const startOfTests = Date.UTC(2026, 5, 4, 13);

/** A clock that stands still until a test turns it. Sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  readonly #turnsItself: boolean;

  /** With `turnsItself`, every sleep turns the clock by its length and ends at once. */
  constructor(options: { readonly startAt?: number; readonly turnsItself?: boolean } = {}) {
    this.#now = options.startAt ?? startOfTests;
    this.#turnsItself = options.turnsItself ?? false;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#turnsItself) this.#now += ms;
    if (this.#turnsItself || ms <= 0) return setImmediate();
    return this.#sleepUntil(this.#now + ms, signal);
  }

  /** How many are asleep. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Turns the clock on by `ms`, waking on the way whoever is due, with a moment for each to go on (and to sleep again). */
  async turn(ms: number): Promise<void> {
    const end = this.#now + ms;
    await letOthersRun();
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await letOthersRun();
    }
    this.#now = end;
  }

  /** Resolves once `count` are asleep, for tests that turn the clock only when the code under test waits. */
  async untilAsleep(count = 1): Promise<void> {
    while (this.#sleepers.length < count) await setImmediate();
  }

  #nextDue(end: number): Sleeper | undefined {
    const due = this.#sleepers.filter((sleeper) => sleeper.until <= end);
    return due.sort((a, b) => a.until - b.until)[0];
  }

  #sleepUntil(until: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        until,
        wake: () => {
          leave();
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", abort);
    });
  }
}

async function letOthersRun(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}
