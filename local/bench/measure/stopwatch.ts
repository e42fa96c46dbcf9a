/** What a piece of work took. */
export interface Taken {
  readonly wallInMs: number;
  /** Of all threads of the process, in user and system mode. */
  readonly cpuInMs: number;
}

/** Adds up what the timed parts of a body take. */
export class Stopwatch {
  #wallInMs = 0;
  #cpuInMs = 0;

  /** Times work; parts that are timed one after the other add up. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const [startedAt, before] = [performance.now(), process.cpuUsage()];
    try {
      return await work();
    } finally {
      const { user, system } = process.cpuUsage(before);
      this.#wallInMs += performance.now() - startedAt;
      this.#cpuInMs += (user + system) / 1000;
    }
  }

  get taken(): Taken {
    return { wallInMs: this.#wallInMs, cpuInMs: this.#cpuInMs };
  }
}
