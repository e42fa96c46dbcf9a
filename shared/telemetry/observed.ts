import type { Dependency, DependencyCall, Observe } from "./dependency-tally.ts";

/** One request that is to be told of. */
export interface ObservedRequest<T> {
  readonly dependency: Dependency;
  readonly operation: string;
  readonly observe: Observe;
  /** What an answer came to. @default ok */
  readonly judge?: (answer: T) => DependencyCall["outcome"];
  /** What an error came to. @default failed */
  readonly judgeError?: (error: unknown) => DependencyCall["outcome"];
}

/** Makes a request and tells how long it took and what it came to. */
export async function observed<T>(request: ObservedRequest<T>, send: () => Promise<T>): Promise<T> {
  const { dependency, operation, observe, judge = () => "ok", judgeError = () => "failed" } = request;
  // The machine's own clock, not one that is handed in: it measures the machine, and nothing is decided by it.
  const sentAt = performance.now();
  const tell = (outcome: DependencyCall["outcome"]): void =>
    observe({ dependency, operation, durationInMs: performance.now() - sentAt, outcome });
  try {
    const answer = await send();
    tell(judge(answer));
    return answer;
  } catch (error) {
    tell(judgeError(error));
    throw error;
  }
}
