/** What the app depends on. */
export type Dependency = "blobs" | "queues" | "vault" | "graph" | "entra" | "site";

/** One try of one request. */
export interface DependencyCall {
  readonly dependency: Dependency;
  /** What was asked, in static words: never a path, a person or a file. */
  readonly operation: string;
  readonly durationInMs: number;
  /** "throttled": told to slow down. A refusal that the protocol expects (no such blob, somebody was faster) is "ok". */
  readonly outcome: "ok" | "failed" | "throttled";
}

/** Is told of each request; it must not throw. */
export type Observe = (call: DependencyCall) => void;

/** The requests of one kind. */
export interface DependencyUse {
  readonly dependency: Dependency;
  readonly operation: string;
  readonly calls: number;
  readonly failures: number;
  readonly throttled: number;
  /** Side by side they can sum up to more than the invocation lasted. */
  readonly totalInMs: number;
  readonly longestInMs: number;
}

/** Counts an invocation's requests by kind: a line for each request would cost more than all the rest (ADR 11). */
export class DependencyTally {
  readonly #uses = new Map<string, DependencyUse>();

  /** Counts one request. */
  add({ dependency, operation, durationInMs, outcome }: DependencyCall): void {
    const name = `${dependency} ${operation}`;
    const none = { dependency, operation, calls: 0, failures: 0, throttled: 0, totalInMs: 0, longestInMs: 0 };
    const use = this.#uses.get(name) ?? none;
    this.#uses.set(name, {
      ...use,
      calls: use.calls + 1,
      failures: use.failures + (outcome === "failed" ? 1 : 0),
      throttled: use.throttled + (outcome === "throttled" ? 1 : 0),
      totalInMs: use.totalInMs + durationInMs,
      longestInMs: Math.max(use.longestInMs, durationInMs),
    });
  }

  /** What was counted, in the order of first use; times in whole ms. */
  list(): DependencyUse[] {
    return [...this.#uses.values()].map((use) => ({
      ...use,
      totalInMs: Math.round(use.totalInMs),
      longestInMs: Math.round(use.longestInMs),
    }));
  }
}
