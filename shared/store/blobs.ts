/** A blob's path: container, slash, name; the containers are listed in paths.ts. */
export type BlobPath = `${string}/${string}`;

/** A blob read whole. */
export interface StoredBlob {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Storage's own time of the last write, ms since 1970. */
  readonly modifiedAt: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a listing or a head request tells of a blob. */
export interface BlobEntry {
  readonly path: BlobPath;
  readonly sizeInBytes: number;
  readonly etag: string;
  readonly modifiedAt: number;
  /** Append blobs only, and only from `head`: how many blocks it has. */
  readonly blocks?: number;
}

/**
 * What a create-only write came to. "same": the blob was there with just these bytes (perhaps our own write whose
 * reply was lost), so the effect is the asked one. "different": somebody else's content is there and stays.
 */
export type Created = "created" | "same" | "different";

/** Labels of a write. Metadata is plain ASCII and tells neither people nor words. */
export interface WriteOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A blob being written as staged blocks: nobody sees anything of it before `commit`. */
export interface BlobWriter {
  /** Takes the next bytes; resolves when there is room for more, rejects when a block could not be staged. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the blob visible, create-only. When one is there already it is compared by length and MD5 or SHA-256 in its metadata. */
  commit(options?: WriteOptions): Promise<Created>;
  /** Drops what was staged; never throws. */
  abort(): Promise<void>;
}

/** A lease held on a lock blob: for efficiency; the ledger fences by itself. */
export interface Lease {
  /** Whether the last renewal that storage confirmed began less than `maxAgeInMs` ago. */
  isFresh(maxAgeInMs: number): boolean;
  /** Renews now. Resolves to false when the lease is lost. */
  renew(): Promise<boolean>;
  /** Gives it back; never throws: it ends by itself. */
  release(): Promise<void>;
}

/**
 * Blob storage, as narrow as the connector needs it. Each write's outcome is ambiguous underneath (the reply can be
 * lost, and the SDK retries), so every method that writes finds out by reading back what has become of it and tells the
 * truth; it throws only when that cannot be found out either. A missing blob is `undefined`, a fault is thrown.
 */
export interface Blobs {
  read(path: BlobPath, signal?: AbortSignal): Promise<StoredBlob | undefined>;
  /** The bytes from `offset` (default 0), `count` of them (default all), as they come; undefined when there is no such blob. */
  stream(
    path: BlobPath,
    range?: { readonly offset?: number; readonly count?: number; readonly signal?: AbortSignal },
  ): Promise<AsyncIterable<Buffer> | undefined>;
  head(path: BlobPath): Promise<BlobEntry | undefined>;
  /** Create-only write of a small blob (up to some MB). */
  create(path: BlobPath, bytes: Uint8Array, options?: WriteOptions): Promise<Created>;
  /**
   * Compare-and-swap by ETag. Resolves to the new ETag, or to undefined when the blob is not as it was read and does not
   * hold just these bytes. Callers put writer and revision into the bytes, so that equal bytes mean "it was this call".
   */
  replace(path: BlobPath, bytes: Uint8Array, etag: string, options?: WriteOptions): Promise<string | undefined>;
  /** Begins a create-only blob of any size, in staged blocks of some MB. */
  writer(path: BlobPath): BlobWriter;
  /**
   * Creates an empty append blob if there is none. Resolves to true when this call surely made it, so that nobody can have
   * written to it before; false when one is there, be it that the reply to our own request was lost.
   */
  createAppendable(path: BlobPath): Promise<boolean>;
  /**
   * Appends one block at exactly `position`. Resolves to the position after it, or to undefined when somebody else's
   * bytes are there. The bytes open with writer and sequence, so finding just them there means that this call wrote them.
   */
  append(path: BlobPath, bytes: Uint8Array, position: number): Promise<number | undefined>;
  /** Every blob whose path begins with `prefix` (container and at least a slash), in order of name. */
  list(prefix: BlobPath): AsyncIterable<BlobEntry>;
  /**
   * Deletes a blob; deleting what is not there is no error. With an ETag only that version: a newer one, which somebody has
   * written since, stays, also when the request is repeated because its reply was lost.
   */
  remove(path: BlobPath, etag?: string): Promise<void>;
  /** Takes a lease of `durationInMs` (15,000 to 60,000) on a lock blob, which is made if missing; undefined when another holds it. */
  lease(path: BlobPath, durationInMs: number): Promise<Lease | undefined>;
  /** Storage's clock, ms since 1970: our own, put right by the Date headers of its replies. */
  now(): number;
}
