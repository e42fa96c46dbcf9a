import { randomBytes, randomUUID } from "node:crypto";
import type { BlobItem, BlobServiceClient } from "@azure/storage-blob";
import { AzureBlockWriter, type BlockWriterSettings } from "./azure-block-writer.ts";
import { type BlobAccess, splitPath, toAppendBlob, toBlockBlob, toEtag } from "./azure-clients.ts";
import { acquireLease } from "./azure-lease.ts";
import { readRange, readWhole, streamRange } from "./azure-read.ts";
import type { BlobEntry, BlobPath, Blobs, BlobWriter, Created, Lease, StoredBlob, WriteOptions } from "./blobs.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageFault } from "./storage-fault.ts";

/** What AzureBlobs is made of. */
export interface AzureBlobsDeps {
  readonly service: BlobServiceClient;
  readonly calls: StorageCalls;
  /** A clock that is never set, in ms. @default the process's own */
  readonly monotonicNow?: () => number;
  readonly blocks?: Partial<BlockWriterSettings>;
}

const listedAtOnce = 5000;

interface Page {
  readonly items: readonly BlobItem[];
  readonly token?: string | undefined;
  readonly date?: Date | undefined;
}

/** Blob storage on Azure or Azurite. Each write that was refused or had no reply is looked up before anything is said of it. */
export class AzureBlobs implements Blobs {
  readonly #access: BlobAccess;
  readonly #monotonicNow: () => number;
  readonly #blocks: Partial<BlockWriterSettings>;

  constructor({ service, calls, monotonicNow = () => performance.now(), blocks = {} }: AzureBlobsDeps) {
    this.#access = { service, calls };
    this.#monotonicNow = monotonicNow;
    this.#blocks = blocks;
  }

  async read(path: BlobPath, signal?: AbortSignal): Promise<StoredBlob | undefined> {
    return readWhole(this.#access, path, signal);
  }

  async stream(
    path: BlobPath,
    range: { readonly offset?: number; readonly count?: number; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Buffer> | undefined> {
    const { offset = 0, count = Number.MAX_SAFE_INTEGER - offset, signal } = range;
    return streamRange(this.#access, path, { offset, count }, signal);
  }

  async head(path: BlobPath): Promise<BlobEntry | undefined> {
    const client = toBlockBlob(this.#access, path);
    const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    const reply = await this.#access.calls.run("look at", path, ask).catch(undefinedIfMissing);
    if (reply === undefined) return undefined;
    return {
      path,
      sizeInBytes: reply.contentLength ?? 0,
      etag: toEtag(reply.etag),
      modifiedAt: reply.lastModified?.getTime() ?? 0,
      ...(reply.blobCommittedBlockCount === undefined ? {} : { blocks: reply.blobCommittedBlockCount }),
    };
  }

  async create(path: BlobPath, bytes: Uint8Array, options: WriteOptions = {}): Promise<Created> {
    try {
      await this.#upload("create", path, bytes, { ifNoneMatch: "*" }, options);
      return "created";
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      const existing = await this.read(path, options.signal);
      if (existing === undefined) throw error;
      return existing.bytes.equals(bytes) ? "same" : "different";
    }
  }

  async replace(
    path: BlobPath,
    bytes: Uint8Array,
    etag: string,
    options: WriteOptions = {},
  ): Promise<string | undefined> {
    try {
      return await this.#upload("replace", path, bytes, { ifMatch: etag }, options);
    } catch (error) {
      if (!isDoubtful(error) && !isMissing(error)) throw error;
      const existing = await this.read(path, options.signal);
      if (existing?.bytes.equals(bytes)) return existing.etag;
      // Nothing was written, and nobody else has written either: it was not a conflict.
      if (existing?.etag === etag) throw error;
      return undefined;
    }
  }

  writer(path: BlobPath): BlobWriter {
    splitPath(path);
    return new AzureBlockWriter(this.#access, path, randomBytes(8).toString("hex"), this.#blocks);
  }

  async createAppendable(path: BlobPath): Promise<boolean> {
    const client = toAppendBlob(this.#access, path);
    // Without this condition the request would empty a blob that is there.
    const conditions = { ifNoneMatch: "*" };
    const create = (abortSignal: AbortSignal) => client.create({ abortSignal, conditions });
    try {
      await this.#access.calls.run("create", path, create);
      return true;
    } catch (error) {
      if (!isDoubtful(error) || (await this.head(path))?.blocks === undefined) throw error;
      return false;
    }
  }

  async append(path: BlobPath, bytes: Uint8Array, position: number): Promise<number | undefined> {
    const client = toAppendBlob(this.#access, path);
    const body = toBuffer(bytes);
    const conditions = { appendPosition: position };
    const append = (abortSignal: AbortSignal) => client.appendBlock(body, body.length, { abortSignal, conditions });
    try {
      await this.#access.calls.run("append to", path, append);
      return position + body.length;
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      const found = await readRange(this.#access, path, { offset: position, count: body.length });
      if (found?.equals(body)) return position + body.length;
      // A refusal with nothing there is no sign of another writer: the blob is full, or shorter than the caller thinks.
      if (found === undefined || found.length === 0) throw error;
      return undefined;
    }
  }

  async *list(prefix: BlobPath): AsyncGenerator<BlobEntry> {
    const { container } = splitPath(prefix);
    let token: string | undefined;
    do {
      const page: Page = await this.#access.calls.run("list", prefix, (signal) =>
        this.#listPage(prefix, token, signal),
      );
      for (const item of page.items) yield toEntry(container, item);
      token = page.token;
    } while (token !== undefined);
  }

  async remove(path: BlobPath, etag?: string): Promise<void> {
    const client = toBlockBlob(this.#access, path);
    const conditions = etag === undefined ? {} : { ifMatch: etag };
    const remove = (abortSignal: AbortSignal) => client.delete({ abortSignal, conditions, deleteSnapshots: "include" });
    await this.#access.calls
      .run("delete", path, remove)
      .catch((error: unknown) => (isNewer(error) ? undefined : undefinedIfMissing(error)));
  }

  async lease(path: BlobPath, durationInMs: number): Promise<Lease | undefined> {
    if (durationInMs < 15_000 || durationInMs > 60_000) throw new RangeError("a lease lasts 15 to 60 seconds");
    const client = toBlockBlob(this.#access, path).getBlobLeaseClient(randomUUID());
    const deps = { calls: this.#access.calls, client, path, monotonicNow: this.#monotonicNow };
    try {
      return await acquireLease(deps, Math.floor(durationInMs / 1000) * 1000);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.create(path, Buffer.alloc(0));
      return acquireLease(deps, Math.floor(durationInMs / 1000) * 1000);
    }
  }

  now(): number {
    return this.#access.calls.now();
  }

  async #listPage(prefix: BlobPath, token: string | undefined, abortSignal: AbortSignal): Promise<Page> {
    const { container, name } = splitPath(prefix);
    const pages = this.#access.service.getContainerClient(container).listBlobsFlat({ prefix: name, abortSignal });
    const settings = { maxPageSize: listedAtOnce, ...(token === undefined ? {} : { continuationToken: token }) };
    const page = await pages.byPage(settings).next();
    if (page.done === true) return { items: [] };
    const { segment, continuationToken, date } = page.value;
    // An empty marker says that this was the last page.
    return { items: segment.blobItems, token: continuationToken || undefined, date };
  }

  async #upload(
    operation: string,
    path: BlobPath,
    bytes: Uint8Array,
    conditions: { readonly ifMatch?: string; readonly ifNoneMatch?: string },
    { contentType, metadata, signal }: WriteOptions,
  ): Promise<string> {
    const client = toBlockBlob(this.#access, path);
    const body = toBuffer(bytes);
    const options = {
      conditions,
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      ...(contentType === undefined ? {} : { blobHTTPHeaders: { blobContentType: contentType } }),
    };
    const upload = (abortSignal: AbortSignal) => client.upload(body, body.length, { ...options, abortSignal });
    return toEtag((await this.#access.calls.run(operation, path, upload, signal)).etag);
  }
}

/** Whether an error leaves it open that the write was carried out. */
function isDoubtful(error: unknown): boolean {
  return error instanceof StorageFault && (error.isConflict || error.leavesOutcomeUnknown);
}

function isMissing(error: unknown): boolean {
  return error instanceof StorageFault && error.isBlobMissing;
}

/** Another version than the one that was asked for is there. */
function isNewer(error: unknown): boolean {
  return error instanceof StorageFault && error.status === 412 && error.code === "ConditionNotMet";
}

/** Turns "no such blob" into undefined; throws anything else. */
function undefinedIfMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

/** The same memory as a Buffer: the SDK's HTTP client takes no other bytes. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toEntry(container: string, { name, properties }: BlobItem): BlobEntry {
  return {
    path: `${container}/${name}`,
    sizeInBytes: properties.contentLength ?? 0,
    etag: toEtag(properties.etag),
    modifiedAt: properties.lastModified.getTime(),
  };
}
