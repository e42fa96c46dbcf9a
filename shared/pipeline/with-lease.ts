import type { BlobPath, Blobs, Lease } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";

const leaseInMs = 60_000;
const renewEveryInMs = 15_000;

/**
 * Does `work` while holding a lease that is renewed in the background; undefined when another holds it. `lost` aborts when
 * the lease is gone. It only saves work done twice: what must not happen twice is guarded by the writes themselves.
 */
export async function withLease<T>(
  deps: { readonly blobs: Pick<Blobs, "lease">; readonly clock: Clock },
  path: BlobPath,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const lease = await deps.blobs.lease(path, leaseInMs);
  if (lease === undefined) return undefined;
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = keepRenewing(deps.clock, lease, done.signal, lost);
  try {
    return await work(lost.signal);
  } finally {
    done.abort();
    await renewing;
    await lease.release();
  }
}

async function keepRenewing(clock: Clock, lease: Lease, done: AbortSignal, lost: AbortController): Promise<void> {
  while (!done.aborted && !lost.signal.aborted) {
    const isOver = await clock.sleep(renewEveryInMs, done).then(
      () => false,
      () => true,
    );
    if (isOver) return;
    const isHeld = await lease.renew().catch(() => lease.isFresh(leaseInMs));
    if (!isHeld) lost.abort(new Error("The lease was lost."));
  }
}
