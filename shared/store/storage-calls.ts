import type { Observe } from "../telemetry/dependency-tally.ts";
import { observed } from "../telemetry/observed.ts";
import type { Clock } from "./clock.ts";
import { StorageClock } from "./storage-clock.ts";
import { isWorthRetrying, judgeStorageError, StorageFault } from "./storage-fault.ts";

/** How long and how often a request to storage is tried. */
export interface RetrySettings {
  /** How long one try may take, its body included, in ms. @default 60,000 */
  readonly tryTimeoutInMs: number;
  /** @default 4 */
  readonly maxTries: number;
  /** Wait before the second try in ms; it doubles with each further one. @default 500 */
  readonly retryDelayInMs: number;
}

/** The defaults of RetrySettings. */
export const defaultRetrySettings: RetrySettings = { tryTimeoutInMs: 60_000, maxTries: 4, retryDelayInMs: 500 };

/**
 * Makes requests to storage: each try has a time limit of its own, which the SDK's retry policy lacks (its
 * `tryTimeoutInMs` only asks the server to hurry, so a connection that has gone silent would hang for ever).
 */
export class StorageCalls {
  readonly storageClock = new StorageClock();
  readonly #clock: Clock;
  readonly #settings: RetrySettings;
  readonly #observe: Observe;

  /** @param observe is told of each try */
  constructor(clock: Clock, settings: Partial<RetrySettings> = {}, observe: Observe = () => undefined) {
    this.#clock = clock;
    this.#settings = { ...defaultRetrySettings, ...settings };
    this.#observe = observe;
  }

  /** Storage's clock, ms since 1970. */
  now(): number {
    return this.storageClock.toStorageTime(this.#clock.now());
  }

  /**
   * Runs `request`, again after faults that may pass; `limits` may be tighter than the settings. Throws StorageFault, or the caller's signal's reason. A request that
   * writes may have been carried out even so, and more than once.
   */
  async run<T extends { readonly date?: Date | undefined }>(
    operation: string,
    path: string,
    request: (abortSignal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    limits: Partial<Pick<RetrySettings, "maxTries" | "tryTimeoutInMs">> = {},
  ): Promise<T> {
    const { maxTries, retryDelayInMs, tryTimeoutInMs } = this.#tighten(limits);
    const dependency = operation.endsWith("queue") ? "queues" : "blobs";
    const told = { dependency, operation, observe: this.#observe, judgeError: judgeStorageError } as const;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await observed(told, () => this.#try(request, tryTimeoutInMs, signal));
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt >= maxTries || !isWorthRetrying(error)) throw new StorageFault(operation, path, error);
      }
      await this.#clock.sleep(retryDelayInMs * 2 ** (attempt - 1), signal);
    }
  }

  #tighten(limits: Partial<Pick<RetrySettings, "maxTries" | "tryTimeoutInMs">>): RetrySettings {
    const { tryTimeoutInMs = Number.POSITIVE_INFINITY, maxTries = Number.POSITIVE_INFINITY } = limits;
    return {
      ...this.#settings,
      tryTimeoutInMs: Math.min(tryTimeoutInMs, this.#settings.tryTimeoutInMs),
      maxTries: Math.min(maxTries, this.#settings.maxTries),
    };
  }

  async #try<T extends { readonly date?: Date | undefined }>(
    request: (abortSignal: AbortSignal) => Promise<T>,
    tryTimeoutInMs: number,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const limit = new AbortController();
    const abort = () => limit.abort(signal?.reason);
    const timer = setTimeout(abort, tryTimeoutInMs);
    signal?.addEventListener("abort", abort);
    const sentAt = this.#clock.now();
    try {
      const reply = await request(limit.signal);
      this.#noteDate(reply.date, sentAt);
      return reply;
    } catch (error) {
      this.#noteDate(dateOf(error), sentAt);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  #noteDate(date: Date | undefined, sentAt: number): void {
    if (date === undefined) return;
    // The SDK's createIfNotExists gives the header's text where its type says Date.
    const dateInMs = new Date(date).getTime();
    if (!Number.isNaN(dateInMs)) this.storageClock.observe(dateInMs, sentAt, this.#clock.now());
  }
}

/** The Date of a refusal, if it was storage itself that refused, not something on the way. */
function dateOf(error: unknown): Date | undefined {
  const details: unknown = error instanceof Error ? Reflect.get(error, "details") : undefined;
  const date: unknown = typeof details === "object" && details !== null ? Reflect.get(details, "date") : undefined;
  return date instanceof Date ? date : undefined;
}
