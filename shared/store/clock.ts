/** Time as an argument, so that tests can turn it. */
export interface Clock {
  /** Wall-clock time, ms since 1970. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
