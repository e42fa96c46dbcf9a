import type { Lease } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import type { ImportSettings } from "./import-settings.ts";

type Waits = Pick<ImportSettings, "renewEveryInMs" | "freshLeaseInMs">;

/** Keeps a mailbox's lock while its worker works, and says whether the worker may still act. */
export class LeaseGuard {
  readonly #lease: Lease;
  readonly #waits: Waits;
  readonly #stop = new AbortController();
  readonly #renewing: Promise<void>;
  #isLost = false;

  constructor(lease: Lease, clock: Clock, waits: Waits) {
    this.#lease = lease;
    this.#waits = waits;
    this.#renewing = this.#renewOnAndOn(clock);
  }

  /**
   * Whether the lock is surely ours for long enough to send one request. A worker that stood still (a laptop's sleep, a
   * frozen container) finds its renewal old and renews at once: it goes on only if nobody came in between.
   */
  async isHeld(): Promise<boolean> {
    if (!this.#isLost && this.isFresh()) return true;
    await this.#renew();
    return !this.#isLost && this.isFresh();
  }

  /** The same without asking storage: for the very last check before a request. */
  isFresh(): boolean {
    return !this.#isLost && this.#lease.isFresh(this.#waits.freshLeaseInMs);
  }

  /** Ends the renewals and gives the lock back. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    await this.#lease.release();
  }

  async #renewOnAndOn(clock: Clock): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#isLost) {
      await clock.sleep(this.#waits.renewEveryInMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.#renew();
    }
  }

  /** A renewal that fails leaves the lease as old as it was; when it is too old, nothing is sent. */
  async #renew(): Promise<void> {
    if (this.#isLost) return;
    const isOurs = await this.#lease.renew().catch(() => undefined);
    if (isOurs === false) this.#isLost = true;
  }
}
