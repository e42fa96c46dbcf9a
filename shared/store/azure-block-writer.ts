import { createHash, hash } from "node:crypto";
import { type BlobAccess, toBlockBlob } from "./azure-clients.ts";
import { streamRange } from "./azure-read.ts";
import type { BlobPath, BlobWriter, Created, WriteOptions } from "./blobs.ts";
import { StorageFault } from "./storage-fault.ts";

/** Sizes of a writer: memory is about `blockInBytes` x (`blocksInFlight` + 1). */
export interface BlockWriterSettings {
  /** @default 4 MiB */
  readonly blockInBytes: number;
  /** @default 3 */
  readonly blocksInFlight: number;
}

const defaults: BlockWriterSettings = { blockInBytes: 4 * 1024 * 1024, blocksInFlight: 3 };

/** Writes a blob as staged blocks. The SHA-256 of its content goes into its metadata as `sha256`. */
export class AzureBlockWriter implements BlobWriter {
  readonly #access: BlobAccess;
  readonly #path: BlobPath;
  readonly #settings: BlockWriterSettings;
  /** Opens the ids of this writer's blocks: another writer of the same blob must not mix its blocks with ours. */
  readonly #writer: string;
  readonly #hash = createHash("sha256");
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #blockIds: string[] = [];
  #block: Buffer | undefined;
  /** Buffers of blocks that are staged, to be filled again: left to the garbage collector, they would pile up. */
  readonly #free: Buffer[] = [];
  #filled = 0;
  #sizeInBytes = 0;
  #sha256: string | undefined;
  #failure: unknown;

  constructor(access: BlobAccess, path: BlobPath, writer: string, settings: Partial<BlockWriterSettings> = {}) {
    this.#access = access;
    this.#path = path;
    this.#writer = writer;
    this.#settings = { ...defaults, ...settings };
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwIfFailed();
    this.#hash.update(bytes);
    this.#sizeInBytes += bytes.byteLength;
    for (let taken = 0; taken < bytes.byteLength; ) {
      this.#block ??= this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#settings.blockInBytes);
      const room = this.#settings.blockInBytes - this.#filled;
      const piece = bytes.subarray(taken, taken + room);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      taken += piece.byteLength;
      if (this.#filled === this.#settings.blockInBytes) await this.#stage();
    }
    this.#throwIfFailed();
  }

  async commit(options: WriteOptions = {}): Promise<Created> {
    this.#sha256 ??= this.#hash.digest("hex");
    const sha256 = this.#sha256;
    try {
      await this.#send({ ...options, metadata: { ...options.metadata, sha256 } });
      return "created";
    } catch (error) {
      if (!(error instanceof StorageFault) || !mayBeThere(error)) throw error;
      const found = await this.#compare(sha256);
      if (found === undefined) throw error;
      return found;
    }
  }

  async abort(): Promise<void> {
    // Storage forgets blocks that were never committed after a week; there is no request to drop them.
    this.#failure ??= new Error(`writing ${this.#path} was given up`);
    this.#stop.abort(this.#failure);
    this.#block = undefined;
    await Promise.all(this.#inFlight);
  }

  /** Stages the filled block and waits until another may be filled. */
  async #stage(): Promise<void> {
    while (this.#inFlight.size >= this.#settings.blocksInFlight) await Promise.race(this.#inFlight);
    this.#throwIfFailed();
    const [block, length] = this.#takeBlock();
    const id = Buffer.from(`${this.#writer}-${String(this.#blockIds.length).padStart(6, "0")}`).toString("base64");
    this.#blockIds.push(id);
    const staged = this.#stageBlock(id, block.subarray(0, length))
      .then(() => {
        this.#free.push(block);
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#inFlight.delete(staged));
    this.#inFlight.add(staged);
  }

  async #stageBlock(id: string, block: Buffer): Promise<void> {
    const client = toBlockBlob(this.#access, this.#path);
    // Storage compares it with what it got: bytes that changed on their way would be kept under a hash that they do not have.
    const transactionalContentMD5 = hash("md5", block, "buffer");
    const stage = (abortSignal: AbortSignal) =>
      client.stageBlock(id, block, block.length, { abortSignal, transactionalContentMD5 });
    await this.#access.calls.run("stage a block of", this.#path, stage, this.#stop.signal);
  }

  #takeBlock(): [block: Buffer, length: number] {
    const taken: [Buffer, number] = [this.#block ?? Buffer.alloc(0), this.#filled];
    this.#block = undefined;
    this.#filled = 0;
    return taken;
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A blob that fits into one block goes in one request instead of two. */
  async #send(options: WriteOptions): Promise<void> {
    this.#throwIfFailed();
    const client = toBlockBlob(this.#access, this.#path);
    const fields = {
      conditions: { ifNoneMatch: "*" },
      metadata: { ...options.metadata },
      ...(options.contentType === undefined ? {} : { blobHTTPHeaders: { blobContentType: options.contentType } }),
    };
    if (this.#blockIds.length === 0) {
      const whole = (this.#block ?? Buffer.alloc(0)).subarray(0, this.#filled);
      const upload = (abortSignal: AbortSignal) => client.upload(whole, whole.length, { ...fields, abortSignal });
      await this.#access.calls.run("create", this.#path, upload, options.signal);
      return;
    }
    if (this.#filled > 0) await this.#stage();
    await Promise.all(this.#inFlight);
    this.#throwIfFailed();
    const commit = (abortSignal: AbortSignal) => client.commitBlockList(this.#blockIds, { ...fields, abortSignal });
    await this.#access.calls.run("commit", this.#path, commit, options.signal);
  }

  /** How the blob that is there compares with what was to be written; undefined when there is none. */
  async #compare(sha256: string): Promise<"same" | "different" | undefined> {
    const client = toBlockBlob(this.#access, this.#path);
    const head = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    const found = await this.#access.calls.run("look at", this.#path, head).catch((error: unknown) => {
      if (error instanceof StorageFault && error.isBlobMissing) return undefined;
      throw error;
    });
    if (found === undefined) return undefined;
    if (found.contentLength !== this.#sizeInBytes) return "different";
    const itsSha256 = found.metadata?.sha256 ?? (await hashBlob(this.#access, this.#path));
    return itsSha256 === sha256 ? "same" : "different";
  }
}

/** Refused because a blob is there, or because its commit dropped our blocks (InvalidBlockList), or outcome unknown. */
function mayBeThere(fault: StorageFault): boolean {
  return fault.isConflict || fault.leavesOutcomeUnknown || fault.code === "InvalidBlockList";
}

async function hashBlob(access: BlobAccess, path: BlobPath): Promise<string> {
  const hash = createHash("sha256");
  const bytes = await streamRange(access, path, { offset: 0, count: Number.MAX_SAFE_INTEGER });
  for await (const piece of bytes ?? []) hash.update(piece);
  return hash.digest("hex");
}
