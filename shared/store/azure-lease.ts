import type { BlobLeaseClient } from "@azure/storage-blob";
import type { BlobPath, Lease } from "./blobs.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageFault } from "./storage-fault.ts";

/** What a lease needs besides storage. */
export interface LeaseDeps {
  readonly calls: StorageCalls;
  readonly client: BlobLeaseClient;
  readonly path: BlobPath;
  /** A clock that is never set, in ms: a wall clock that jumps must not make a lease fresh. */
  readonly monotonicNow: () => number;
}

/** A lease is short: a reply that takes longer than this is no use. */
const limits = { tryTimeoutInMs: 10_000, maxTries: 3 };

/**
 * Takes the lease; undefined when another holds it. The lease's id is chosen by us, so a second try after a lost reply
 * finds our own lease and not another's. Throws StorageFault, with `isBlobMissing` when there is no lock blob yet.
 */
export async function acquireLease(deps: LeaseDeps, durationInMs: number): Promise<AzureLease | undefined> {
  const begun = deps.monotonicNow();
  const acquire = (abortSignal: AbortSignal) => deps.client.acquireLease(durationInMs / 1000, { abortSignal });
  try {
    await deps.calls.run("lease", deps.path, acquire, undefined, limits);
  } catch (error) {
    if (error instanceof StorageFault && error.isConflict) return undefined;
    throw error;
  }
  return new AzureLease(deps, begun);
}

/** A lease on a blob. */
class AzureLease implements Lease {
  readonly #deps: LeaseDeps;
  #renewedAt: number;

  constructor(deps: LeaseDeps, renewedAt: number) {
    this.#deps = deps;
    this.#renewedAt = renewedAt;
  }

  isFresh(maxAgeInMs: number): boolean {
    return this.#deps.monotonicNow() - this.#renewedAt < maxAgeInMs;
  }

  async renew(): Promise<boolean> {
    // Counted from before the request: storage's own count begins when it gets it, never earlier.
    const begun = this.#deps.monotonicNow();
    const renew = (abortSignal: AbortSignal) => this.#deps.client.renewLease({ abortSignal });
    try {
      await this.#deps.calls.run("renew the lease of", this.#deps.path, renew, undefined, limits);
    } catch (error) {
      if (error instanceof StorageFault && (error.isConflict || error.isBlobMissing)) return this.#lose();
      throw error;
    }
    this.#renewedAt = begun;
    return true;
  }

  async release(): Promise<void> {
    const release = (abortSignal: AbortSignal) => this.#deps.client.releaseLease({ abortSignal });
    this.#lose();
    // The lease ends by itself; whoever waits for it waits a little longer.
    await this.#deps.calls.run("give back the lease of", this.#deps.path, release, undefined, limits).catch(() => {});
  }

  #lose(): false {
    this.#renewedAt = Number.NEGATIVE_INFINITY;
    return false;
  }
}
