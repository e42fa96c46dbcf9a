import { createHash } from "node:crypto";
import type {
  BlobEntry,
  BlobPath,
  Blobs,
  BlobWriter,
  Created,
  Lease,
  StoredBlob,
  WriteOptions,
} from "../../shared/store/blobs.ts";
import type { Clock } from "../../shared/store/clock.ts";
import { containers } from "../../shared/store/paths.ts";

interface Entry extends StoredBlob {
  /** Append blobs only. */
  readonly blocks?: number;
}

interface Holder {
  readonly id: number;
  readonly until: number;
}

/** Blob storage in memory. Held to test/contract/store/blobs. */
export class MemoryBlobs implements Blobs {
  readonly #entries = new Map<BlobPath, Entry>();
  readonly #holders = new Map<BlobPath, Holder>();
  readonly #clock: Pick<Clock, "now">;
  #lastId = 0;

  constructor(clock: Pick<Clock, "now"> = { now: () => Date.now() }) {
    this.#clock = clock;
  }

  async read(path: BlobPath, signal?: AbortSignal): Promise<StoredBlob | undefined> {
    signal?.throwIfAborted();
    const entry = this.#at(path);
    if (entry === undefined) return undefined;
    const { bytes, etag, modifiedAt, metadata } = entry;
    return { bytes: Buffer.from(bytes), etag, modifiedAt, metadata };
  }

  async stream(
    path: BlobPath,
    range: { readonly offset?: number; readonly count?: number; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Buffer> | undefined> {
    range.signal?.throwIfAborted();
    const entry = this.#at(path);
    if (entry === undefined) return undefined;
    const offset = range.offset ?? 0;
    return inPieces(entry.bytes.subarray(offset, range.count === undefined ? undefined : offset + range.count), range);
  }

  async head(path: BlobPath): Promise<BlobEntry | undefined> {
    const entry = this.#at(path);
    if (entry === undefined) return undefined;
    return { ...toListed(path, entry), ...(entry.blocks === undefined ? {} : { blocks: entry.blocks }) };
  }

  async create(path: BlobPath, bytes: Uint8Array, options: WriteOptions = {}): Promise<Created> {
    options.signal?.throwIfAborted();
    const existing = this.#at(path);
    if (existing !== undefined) return existing.bytes.equals(bytes) ? "same" : "different";
    this.#put(path, bytes, options.metadata);
    return "created";
  }

  async replace(
    path: BlobPath,
    bytes: Uint8Array,
    etag: string,
    options: WriteOptions = {},
  ): Promise<string | undefined> {
    options.signal?.throwIfAborted();
    const existing = this.#at(path);
    if (existing === undefined) return undefined;
    if (existing.etag === etag) return this.#put(path, bytes, options.metadata).etag;
    return existing.bytes.equals(bytes) ? existing.etag : undefined;
  }

  writer(path: BlobPath): BlobWriter {
    this.#at(path);
    const pieces: Buffer[] = [];
    return {
      write: async (bytes) => {
        pieces.push(Buffer.from(bytes));
      },
      commit: async (options = {}) => {
        const bytes = Buffer.concat(pieces);
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        return this.create(path, bytes, { ...options, metadata: { ...options.metadata, sha256 } });
      },
      abort: async () => {
        pieces.length = 0;
      },
    };
  }

  async createAppendable(path: BlobPath): Promise<boolean> {
    if (this.#at(path) !== undefined) return false;
    this.#put(path, Buffer.alloc(0), {}, 0);
    return true;
  }

  async append(path: BlobPath, bytes: Uint8Array, position: number): Promise<number | undefined> {
    const existing = this.#at(path);
    if (existing?.blocks === undefined) throw new Error(`${path} is no append blob`);
    if (position > existing.bytes.length) throw new Error(`${path} ends before ${position}`);
    const end = position + bytes.byteLength;
    if (existing.bytes.length !== position)
      return existing.bytes.subarray(position, end).equals(bytes) ? end : undefined;
    if (existing.blocks >= 50_000) throw new Error(`${path} is full: 50,000 blocks`);
    this.#put(path, Buffer.concat([existing.bytes, bytes]), existing.metadata, existing.blocks + 1);
    return end;
  }

  async *list(prefix: BlobPath): AsyncIterable<BlobEntry> {
    this.#requireContainer(prefix);
    const found = [...this.#entries].filter(([path]) => path.startsWith(prefix));
    found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const [path, entry] of found) yield toListed(path, entry);
  }

  async remove(path: BlobPath, etag?: string): Promise<void> {
    this.#requireContainer(path);
    if (etag === undefined || this.#entries.get(path)?.etag === etag) this.#entries.delete(path);
  }

  async lease(path: BlobPath, durationInMs: number): Promise<Lease | undefined> {
    if (durationInMs < 15_000 || durationInMs > 60_000) throw new RangeError("a lease lasts 15 to 60 seconds");
    await this.create(path, Buffer.alloc(0));
    if ((this.#holders.get(path)?.until ?? 0) > this.#clock.now()) return undefined;
    this.#lastId += 1;
    return this.#hold(path, this.#lastId, durationInMs);
  }

  now(): number {
    return this.#clock.now();
  }

  /** Every path there is, in order: for assertions on the whole of storage. */
  all(): BlobPath[] {
    return [...this.#entries.keys()].sort();
  }

  #hold(path: BlobPath, id: number, durationInMs: number): Lease {
    let renewedAt = this.#clock.now();
    const isHolder = () => this.#holders.get(path)?.id === id;
    const extend = () => {
      renewedAt = this.#clock.now();
      this.#holders.set(path, { id, until: renewedAt + durationInMs });
    };
    extend();
    return {
      isFresh: (maxAgeInMs) => this.#clock.now() - renewedAt < maxAgeInMs,
      renew: async () => {
        if (isHolder()) extend();
        else renewedAt = Number.NEGATIVE_INFINITY;
        return isHolder();
      },
      release: async () => {
        renewedAt = Number.NEGATIVE_INFINITY;
        if (isHolder()) this.#holders.delete(path);
      },
    };
  }

  #at(path: BlobPath): Entry | undefined {
    this.#requireContainer(path);
    return this.#entries.get(path);
  }

  #requireContainer(path: BlobPath): void {
    const container = path.slice(0, path.indexOf("/"));
    if (!Object.hasOwn(containers, container)) throw new Error(`there is no container for ${path}`);
  }

  #put(path: BlobPath, bytes: Uint8Array, metadata: Readonly<Record<string, string>> = {}, blocks?: number): Entry {
    this.#lastId += 1;
    const entry: Entry = {
      bytes: Buffer.from(bytes),
      etag: `"0x${this.#lastId.toString(16).toUpperCase().padStart(15, "0")}"`,
      modifiedAt: Math.floor(this.#clock.now() / 1000) * 1000,
      metadata: { ...metadata },
      ...(blocks === undefined ? {} : { blocks }),
    };
    this.#entries.set(path, entry);
    return entry;
  }
}

const pieceInBytes = 256 * 1024;

async function* inPieces(bytes: Buffer, range: { readonly signal?: AbortSignal }): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += pieceInBytes) {
    range.signal?.throwIfAborted();
    yield Buffer.from(bytes.subarray(from, from + pieceInBytes));
  }
}

function toListed(path: BlobPath, entry: Entry): BlobEntry {
  return { path, sizeInBytes: entry.bytes.length, etag: entry.etag, modifiedAt: entry.modifiedAt };
}
