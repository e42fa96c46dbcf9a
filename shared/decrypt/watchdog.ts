/**
 * Gives up waiting when nothing has moved for a while. It has to stand outside of openpgp, whose promises can stay open
 * for ever: when the decompressor fails on the first bytes of a message, nobody is told (measured).
 */
export class Watchdog {
  readonly #waiting = new Set<(error: unknown) => void>();
  readonly #toError: () => Error;
  #limitInMs: number;
  #failure: { readonly error: unknown } | undefined;
  #moves = 0;

  /**
   * @param limitInMs nothing moving for this long is a standstill
   * @param toError tells whose fault it is
   */
  constructor(limitInMs: number, toError: () => Error) {
    this.#limitInMs = limitInMs;
    this.#toError = toError;
  }

  /** From now on a standstill is declared sooner, unless the limit is short already. */
  shorten(limitInMs: number): void {
    this.#limitInMs = Math.min(this.#limitInMs, limitInMs);
  }

  /** Something came in or went out. */
  note(): void {
    this.#moves += 1;
  }

  /** Ends all waiting, now and later, with this error: there is no use in waiting on. The first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const reject of this.#waiting) reject(error);
  }

  /** What `fail` was told first. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** Settles as `work` does. @throws what `toError` says after a standstill, or what `fail` was told */
  async watch<T>(work: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const tickInMs = Math.min(this.#limitInMs, 500);
    let [seen, quietInMs] = [this.#moves, 0];
    const timer = setInterval(() => {
      quietInMs = seen === this.#moves ? quietInMs + tickInMs : 0;
      seen = this.#moves;
      if (quietInMs >= this.#limitInMs) reject(this.#toError());
    }, tickInMs);
    this.#waiting.add(reject);
    work.then(resolve, reject);
    if (this.#failure !== undefined) reject(this.#failure.error);
    try {
      return await promise;
    } finally {
      clearInterval(timer);
      this.#waiting.delete(reject);
    }
  }
}
