import { randomUUID } from "node:crypto";
import type { BlobLeaseClient, BlockBlobClient } from "@azure/storage-blob";
import type { HostStorage } from "../host-storage.ts";

/** One version of a blob. */
export interface BlobVersion {
  readonly container: string;
  readonly name: string;
  /** With its quotes, as storage writes it. */
  readonly etag: string;
}

/** Whether a blob version was announced: `done` now or before, or `busy` when another host is at it. */
export type Announcement = "done" | "busy";

/** Remembers for each function which blob versions have been put into the queue, over restarts and between hosts. */
export interface BlobReceipts {
  /** Runs `enqueue` unless this version has its receipt already. A crash in between runs it again: at least once. */
  announce(version: BlobVersion, enqueue: () => Promise<void>): Promise<Announcement>;
  /** The receipts that are complete: what a host that has just started need not ask for one by one. */
  listCompleted(container: string): AsyncIterable<Pick<BlobVersion, "name" | "etag">>;
}

const incomplete = "incomplete";
const leaseInSeconds = 30;

/** Keeps receipts in the blobs where the real host keeps them. */
export function createBlobReceipts({ container, hostId }: HostStorage, functionName: string): BlobReceipts {
  const folder = `blobreceipts/${hostId}/Host.Functions.${functionName}/`;
  return {
    announce: async (version, enqueue) => {
      const receipt = container.getBlockBlobClient(`${folder}${version.etag}/${version.container}/${version.name}`);
      if ((await readReceipt(receipt)) === "completed") return "done";
      await createReceipt(receipt);
      const lease = await tryLease(receipt);
      return lease === undefined ? "busy" : announceUnderLease(receipt, lease, enqueue);
    },
    listCompleted: async function* (blobContainer) {
      const pattern = new RegExp(`^("[^"]*")/${blobContainer}/(.*)$`, "s");
      for await (const item of container.listBlobsFlat({ prefix: folder, includeMetadata: true })) {
        const [, etag, name] = pattern.exec(item.name.slice(folder.length)) ?? [];
        if (etag !== undefined && name !== undefined && isCompleted(item.metadata)) yield { etag, name };
      }
    },
  };
}

async function announceUnderLease(
  receipt: BlockBlobClient,
  lease: BlobLeaseClient,
  enqueue: () => Promise<void>,
): Promise<Announcement> {
  try {
    if ((await readReceipt(receipt)) === "completed") return "done";
    await enqueue();
    // Only now: marked before, a crash in between would lose the blob.
    await receipt.setMetadata({}, { conditions: { leaseId: lease.leaseId } });
    return "done";
  } finally {
    await lease.releaseLease();
  }
}

type ReceiptState = "missing" | "incomplete" | "completed";

async function readReceipt(receipt: BlockBlobClient): Promise<ReceiptState> {
  try {
    const { metadata } = await receipt.getProperties();
    return isCompleted(metadata) ? "completed" : "incomplete";
  } catch (error) {
    if (statusOf(error) === 404) return "missing";
    throw error;
  }
}

function isCompleted(metadata: Readonly<Record<string, string>> | undefined): boolean {
  return !Object.keys(metadata ?? {}).some((key) => key.toLowerCase() === incomplete);
}

async function createReceipt(receipt: BlockBlobClient): Promise<void> {
  try {
    await receipt.upload("", 0, { metadata: { [incomplete]: incomplete }, conditions: { ifNoneMatch: "*" } });
  } catch (error) {
    if (statusOf(error) !== 409 && statusOf(error) !== 412) throw error;
  }
}

async function tryLease(receipt: BlockBlobClient): Promise<BlobLeaseClient | undefined> {
  const lease = receipt.getBlobLeaseClient(randomUUID());
  try {
    await lease.acquireLease(leaseInSeconds);
    return lease;
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) return undefined;
    throw error;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
}
