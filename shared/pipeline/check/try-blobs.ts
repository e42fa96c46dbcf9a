import type { CheckId } from "../../chat/identifiers.ts";
import type { AccountFacts } from "../../store/account-facts.ts";
import type { BlobPath, Blobs } from "../../store/blobs.ts";
import { paths } from "../../store/paths.ts";

/** What trying blobs takes. */
export interface TryBlobsDeps {
  readonly account: Pick<AccountFacts, "isVersioned">;
  readonly blobs: Blobs;
  /** Names the blobs that are made. */
  readonly check: CheckId;
}

/** Storage did what it was asked and something else came of it. */
class StorageMisbehaves extends Error {
  override readonly name = "StorageMisbehaves";
  readonly messageIsOurs = true;

  constructor(what: string) {
    super(
      `Storage does not keep its promises: ${what}. What the connector relies on does not hold here, so let no drop go through. Is this a storage account of kind StorageV2 without a hierarchical namespace?`,
    );
  }
}

/**
 * Does with blobs of its own in `state/check/` what the stages do, and deletes them again. A check that comes twice finds what
 * the first has left. @returns whether storage keeps old versions. @throws StorageFault, StorageMisbehaves
 */
export async function tryBlobs(deps: TryBlobsDeps, signal: AbortSignal): Promise<boolean> {
  const { account, blobs, check } = deps;
  const path = paths.checkProbe(check, "swap");
  const log = paths.checkProbe(check, "log");
  try {
    await Promise.all([blobs.remove(path), blobs.remove(log)]);
    await trySwap(blobs, path);
    const isVersioned = await account.isVersioned(path, signal);
    await tryLease(blobs, path);
    await tryAppend(blobs, log);
    await tryList(blobs, paths.check(check), [path, log]);
    return isVersioned;
  } finally {
    await Promise.all([blobs.remove(path), blobs.remove(log)]);
  }
}

async function trySwap(blobs: Blobs, path: BlobPath): Promise<void> {
  if ((await blobs.create(path, Buffer.from("1"))) === "different")
    throw new StorageMisbehaves("a deleted blob is there");
  const read = await blobs.read(path);
  if (read?.bytes.toString() !== "1") throw new StorageMisbehaves("what was written is not what is read");
  if ((await blobs.create(path, Buffer.from("other"))) !== "different") {
    throw new StorageMisbehaves("a blob that is there was written over");
  }
  if ((await blobs.replace(path, Buffer.from("2"), read.etag)) === undefined) {
    throw new StorageMisbehaves("a change by the right ETag was refused");
  }
  if ((await blobs.replace(path, Buffer.from("3"), read.etag)) !== undefined) {
    throw new StorageMisbehaves("a change by an old ETag was made");
  }
}

async function tryLease(blobs: Blobs, path: BlobPath): Promise<void> {
  const lease = await blobs.lease(path, 15_000);
  if (lease === undefined) throw new StorageMisbehaves("a blob that nobody leases cannot be leased");
  try {
    if ((await blobs.lease(path, 15_000)) !== undefined) throw new StorageMisbehaves("a lease was given out twice");
  } finally {
    await lease.release();
  }
}

async function tryAppend(blobs: Blobs, path: BlobPath): Promise<void> {
  await blobs.createAppendable(path);
  if ((await blobs.append(path, Buffer.from("line\n"), 0)) !== 5) throw new StorageMisbehaves("an append was refused");
  if ((await blobs.append(path, Buffer.from("other\n"), 0)) !== undefined) {
    throw new StorageMisbehaves("an append at a wrong position was made");
  }
}

async function tryList(blobs: Blobs, prefix: BlobPath, expected: readonly BlobPath[]): Promise<void> {
  const listed: BlobPath[] = [];
  for await (const { path } of blobs.list(prefix)) listed.push(path);
  if (!expected.every((path) => listed.includes(path)))
    throw new StorageMisbehaves("a blob that is there is not listed");
}
