import { setTimeout as sleep } from "node:timers/promises";

/** A running process, as far as keeping it alive goes. */
export interface Started {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  /** Ends it in order. */
  stop(): Promise<unknown>;
}

const startDeadlineInMs = 60_000;
const betweenTriesInMs = 200;

/** A process that is started again whenever it has ended, by whatever hand. */
export class Supervised<T extends Started> {
  readonly name: string;
  /** Rejects when it cannot be started any more; never resolves. */
  readonly failed: Promise<never>;
  readonly #begin: () => Promise<T>;
  readonly #loop: Promise<void>;
  #next = Promise.withResolvers<T>();
  #living: T | undefined;
  #isStopping = false;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(name: string, begin: () => Promise<T>) {
    this.name = name;
    this.#begin = begin;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    this.failed.catch(() => undefined);
    this.#loop = this.#supervise().catch((error: unknown) => this.#fail(error));
  }

  /** The process that lives now; undefined while it is being started. */
  get living(): T | undefined {
    return this.#living;
  }

  /** The process, as soon as it lives. @throws when it cannot be started any more */
  async current(): Promise<T> {
    return this.#living ?? (await Promise.race([this.#next.promise, this.failed]));
  }

  /** Ends it in order and for good. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#living?.stop();
    await this.#loop;
  }

  async #supervise(): Promise<void> {
    while (!this.#isStopping) {
      const one = await this.#startPatiently();
      this.#living = one;
      this.#next.resolve(one);
      // A stop that came while it was being started.
      if (this.#isStopping) await one.stop();
      await one.exited;
      this.#living = undefined;
      this.#next = Promise.withResolvers<T>();
    }
  }

  /** What it needs may itself just have been killed. */
  async #startPatiently(): Promise<T> {
    const until = performance.now() + startDeadlineInMs;
    for (;;) {
      try {
        return await this.#begin();
      } catch (error) {
        if (performance.now() > until || this.#isStopping) throw error;
        await sleep(betweenTriesInMs);
      }
    }
  }
}
