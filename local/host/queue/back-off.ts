/** Bounds of the waits between polls of an empty queue, in milliseconds. */
export interface BackOffOptions {
  readonly minimumInMs: number;
  readonly maximumInMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Says how long to wait, in milliseconds, after a poll that found something or not. */
export type BackOff = (foundSomething: boolean) => number;

const randomization = 0.2;

/** Doubling waits with a fifth of jitter up to a maximum, back to the minimum after a find: the real host's polling. */
export function createBackOff({ minimumInMs, maximumInMs, random }: BackOffOptions): BackOff {
  let exponent = 1;
  return (foundSomething) => {
    if (foundSomething) {
      exponent = 1;
      return minimumInMs;
    }
    const jitter = 1 - randomization + 2 * randomization * random();
    const interval = minimumInMs + jitter * 2 ** (exponent - 1) * minimumInMs;
    if (interval >= maximumInMs) return maximumInMs;
    exponent += 1;
    return interval;
  };
}
