import type { BlobLeaseClient } from "@azure/storage-blob";
import type { BlobPath, Lease } from "./blobs.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageFault } from "./storage-fault.ts";

/** What a lease needs besides storage. */
export interface LeaseDeps {
  readonly calls: StorageCalls;
  readonly client: BlobLeaseClient;
  readonly path: BlobPath;
  /**
   * A clock that is never set, in ms: a wall clock that is set back must not make a lease fresh. It may stand still while
   * the machine sleeps, so the wall clock is asked as well.
   */
  readonly monotonicNow: () => number;
}

/** A lease is short: a reply that takes longer than this is no use. */
const limits = { tryTimeoutInMs: 10_000, maxTries: 3 };

/**
 * Takes the lease; undefined when another holds it. The lease's id is chosen by us, so a second try after a lost reply
 * finds our own lease and not another's. Throws StorageFault, with `isBlobMissing` when there is no lock blob yet.
 */
export async function acquireLease(deps: LeaseDeps, durationInMs: number): Promise<AzureLease | undefined> {
  const begun = toMoment(deps);
  const acquire = (abortSignal: AbortSignal) => deps.client.acquireLease(durationInMs / 1000, { abortSignal });
  try {
    await deps.calls.run("lease", deps.path, acquire, undefined, limits);
  } catch (error) {
    if (error instanceof StorageFault && error.isConflict) return undefined;
    throw error;
  }
  return new AzureLease(deps, begun);
}

/** An instant by both clocks. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

function toMoment({ monotonicNow, calls }: LeaseDeps): Moment {
  return { monotonic: monotonicNow(), wall: calls.now() };
}

/** A lease on a blob. */
class AzureLease implements Lease {
  readonly #deps: LeaseDeps;
  /** Undefined when it is lost or given back. */
  #renewedAt: Moment | undefined;

  constructor(deps: LeaseDeps, renewedAt: Moment) {
    this.#deps = deps;
    this.#renewedAt = renewedAt;
  }

  isFresh(maxAgeInMs: number): boolean {
    if (this.#renewedAt === undefined) return false;
    const { monotonic, wall } = toMoment(this.#deps);
    return Math.max(monotonic - this.#renewedAt.monotonic, wall - this.#renewedAt.wall) < maxAgeInMs;
  }

  async renew(): Promise<boolean> {
    // Counted from before the request: storage's own count begins when it gets it, never earlier.
    const begun = toMoment(this.#deps);
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
    this.#renewedAt = undefined;
    return false;
  }
}
