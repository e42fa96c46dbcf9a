import type { Clock } from "../store/clock.ts";
import { type Graph, type GraphReply, type GraphRequest, NoCompleteAnswer, RequestNotSent } from "./graph.ts";
import { toGraphFault } from "./graph-fault.ts";

/** How often a GET is tried and how long waits may be. */
export interface RetryDeps {
  readonly clock: Clock;
  /** From 0 (inclusive) to 1, as Math.random. */
  readonly random: () => number;
  /** @default 5 */
  readonly attempts?: number;
  /** First wait without a Retry-After, doubled each time. @default 1000 */
  readonly firstWaitInMs?: number;
  /** A Retry-After above this is not waited for: the answer is returned. @default 60000 */
  readonly longestWaitInMs?: number;
}

/**
 * Sends a GET and again after 429, 5xx or no answer. Only for GETs: a POST may have been done although the answer says
 * otherwise. Returns the last answer, whatever its status.
 *
 * @throws NoCompleteAnswer or RequestNotSent when the last try had no answer, or at once when the caller gave up.
 */
export async function getWithRetry(
  graph: Graph,
  request: Omit<GraphRequest, "method" | "body">,
  deps: RetryDeps,
): Promise<GraphReply> {
  const { attempts = 5, firstWaitInMs = 1000, longestWaitInMs = 60_000 } = deps;
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(graph, request);
    const isLast = attempt >= attempts || request.signal?.aborted === true;
    const backoffInMs = Math.min(firstWaitInMs * 2 ** (attempt - 1), longestWaitInMs);
    const waitInMs = toWaitInMs(result, backoffInMs);
    if (waitInMs === undefined || isLast || waitInMs > longestWaitInMs) {
      if (result instanceof Error) throw result;
      return result;
    }
    // Jitter on top: many workers that were told the same Retry-After would come back in the same instant.
    await deps.clock.sleep(waitInMs * (1 + deps.random() / 4), request.signal);
  }
}

type Tried = GraphReply | NoCompleteAnswer | RequestNotSent;

async function tryOnce(graph: Graph, request: Omit<GraphRequest, "method" | "body">): Promise<Tried> {
  try {
    return await graph.request({ ...request, method: "GET" });
  } catch (error) {
    if (error instanceof NoCompleteAnswer || error instanceof RequestNotSent) return error;
    throw error;
  }
}

/** Undefined: another try would not help. */
function toWaitInMs(tried: Tried, backoffInMs: number): number | undefined {
  if (tried instanceof Error) return backoffInMs;
  if (tried.status !== 429 && tried.status < 500) return undefined;
  return toGraphFault(tried).retryAfterInMs ?? backoffInMs;
}
