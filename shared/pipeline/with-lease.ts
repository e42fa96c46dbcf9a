import type { BlobPath, Blobs, Lease } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";

/** What holding a lease takes. */
export interface LeaseDeps {
  readonly blobs: Pick<Blobs, "lease">;
  readonly clock: Clock;
  /** How long a lease outlives its holder, 15,000 to 60,000. */
  readonly lockInMs: number;
}

/**
 * Does `work` while holding a lease that is renewed in the background; undefined when another holds it. `lost` aborts when
 * the lease is gone. It only saves work done twice: what must not happen twice is guarded by the writes themselves.
 */
export async function withLease<T>(
  deps: LeaseDeps,
  path: BlobPath,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const lease = await deps.blobs.lease(path, deps.lockInMs);
  if (lease === undefined) return undefined;
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = keepRenewing(deps, lease, done.signal, lost);
  try {
    return await work(lost.signal);
  } finally {
    done.abort();
    await renewing;
    await lease.release();
  }
}

async function keepRenewing(
  { clock, lockInMs }: LeaseDeps,
  lease: Lease,
  done: AbortSignal,
  lost: AbortController,
): Promise<void> {
  while (!done.aborted && !lost.signal.aborted) {
    const isOver = await clock.sleep(lockInMs / 4, done).then(
      () => false,
      () => true,
    );
    if (isOver) return;
    const isHeld = await lease.renew().catch(() => lease.isFresh(lockInMs));
    if (!isHeld) lost.abort(new Error("The lease was lost."));
  }
}
