import type { RpcRetryContext, RpcRetryOptions } from "../worker/protocol.ts";
import type { InvocationOutcome } from "../worker/worker-channel.ts";

/** What retrying needs. `wait` ends early when the host stops; then there is no further attempt. */
export interface RetryDeps {
  readonly options: RpcRetryOptions | undefined;
  readonly attempt: (context: RpcRetryContext | undefined) => Promise<InvocationOutcome>;
  readonly wait: (durationInMs: number) => Promise<void>;
  readonly isStopping: () => boolean;
}

/** Runs a timer function by its `retry` option: at most `maxRetryCount` times more (-1 = without end) while it fails. */
export async function runWithRetry({ options, attempt, wait, isStopping }: RetryDeps): Promise<InvocationOutcome> {
  if (options === undefined) return attempt(undefined);
  const { maxRetryCount } = options;
  let outcome = await attempt({ retryCount: 0, maxRetryCount });
  for (let retryCount = 1; outcome.outcome === "failed"; retryCount += 1) {
    if (maxRetryCount !== -1 && retryCount > maxRetryCount) break;
    await wait(toDelay(options, retryCount));
    if (isStopping()) break;
    outcome = await attempt({ retryCount, maxRetryCount, exception: { message: outcome.error } });
  }
  return outcome;
}

/** The wait before a retry in milliseconds; exponential ones double from the minimum up to the maximum interval. */
export function toDelay(options: RpcRetryOptions, retryCount: number): number {
  if (options.retryStrategy === "fixedDelay") return (options.delayInterval?.seconds ?? 0) * 1000;
  const minimum = (options.minimumInterval?.seconds ?? 0) * 1000;
  const maximum = (options.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(maximum, minimum * 2 ** (retryCount - 1));
}
