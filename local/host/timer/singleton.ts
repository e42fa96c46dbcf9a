import { randomUUID } from "node:crypto";
import type { BlobLeaseClient, BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import type { HostLog } from "../log.ts";
import { pause, untilAborted } from "../pause.ts";

/** Something that may run in one host at a time. */
export interface SingletonWork {
  start(): Promise<void>;
  /** Resolves when what runs is done. */
  stop(): Promise<void>;
}

/** What keeping a singleton needs. Times are in milliseconds. */
export interface SingletonDeps {
  readonly container: ContainerClient;
  /** The lock blob's name. */
  readonly name: string;
  /** 15 to 60 seconds; how long the lock outlives a host that was killed. */
  readonly lockPeriodInMs: number;
  /** How often a host without the lock asks for it. */
  readonly lockPollInMs: number;
  readonly log: HostLog;
}

/**
 * Runs work in the one host that holds the lease of a lock blob, and takes over when that host is gone.
 * A host that lost its lease without noticing (a long stall) still runs: as in Azure, work can run twice.
 */
export function startSingleton(deps: SingletonDeps, work: SingletonWork): Pick<SingletonWork, "stop"> {
  const stopping = new AbortController();
  const loop = keepTrying(deps, work, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

async function keepTrying(deps: SingletonDeps, work: SingletonWork, signal: AbortSignal): Promise<void> {
  const blob = deps.container.getBlockBlobClient(deps.name);
  while (!signal.aborted) {
    const lease = await tryAcquire(deps, blob);
    if (lease === undefined) await pause(deps.lockPollInMs, signal);
    else await holdLease(deps, lease, work, signal);
  }
}

async function holdLease(
  deps: SingletonDeps,
  lease: BlobLeaseClient,
  work: SingletonWork,
  signal: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = renewUntil(deps, lease, done.signal).then(() => lost.abort());
  await work.start();
  await untilAborted(AbortSignal.any([signal, lost.signal]));
  await work.stop();
  done.abort();
  await renewing;
  // A lease that was lost belongs to another host by now; there is nothing to give back.
  await lease.releaseLease().catch(() => undefined);
}

/** Renews until told to end, also while the work is being stopped, or until the lease is lost. */
async function renewUntil(deps: SingletonDeps, lease: BlobLeaseClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await renew(deps, lease))) await pause(deps.lockPeriodInMs / 3, signal);
}

async function tryAcquire(deps: SingletonDeps, blob: BlockBlobClient): Promise<BlobLeaseClient | undefined> {
  try {
    await createIfMissing(blob);
    const lease = blob.getBlobLeaseClient(randomUUID());
    await lease.acquireLease(Math.round(deps.lockPeriodInMs / 1000));
    return lease;
  } catch (error) {
    if (codeOf(error) !== "LeaseAlreadyPresent") logTrouble(deps, "could not be taken", error);
    return undefined;
  }
}

async function createIfMissing(blob: BlockBlobClient): Promise<void> {
  await blob.upload("", 0, { conditions: { ifNoneMatch: "*" } }).catch((error: unknown) => {
    if (!alreadyThere.has(codeOf(error))) throw error;
  });
}

const alreadyThere = new Set(["BlobAlreadyExists", "LeaseIdMissing", "ConditionNotMet"]);

async function renew(deps: SingletonDeps, lease: BlobLeaseClient): Promise<boolean> {
  try {
    await lease.renewLease();
    return true;
  } catch (error) {
    logTrouble(deps, "was lost", error);
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function logTrouble({ log, name }: SingletonDeps, what: string, error: unknown): void {
  log({ level: "warning", source: "host", message: `The lock ${name} ${what}: ${String(error)}` });
}
