import type { BlobDownloadResponseParsed } from "@azure/storage-blob";
import { type BlobAccess, toBlockBlob, toEtag } from "./azure-clients.ts";
import type { BlobPath, StoredBlob } from "./blobs.ts";
import { mapAhead } from "./map-ahead.ts";
import { StorageFault } from "./storage-fault.ts";

/** Bytes of a stream are asked for in ranges of this size, each tried again as a whole. */
const pieceInBytes = 4 * 1024 * 1024;
const piecesAhead = 2;

interface Piece {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly isAppendable: boolean;
  /** Size of the whole blob. */
  readonly sizeInBytes: number;
}

/** Where to read, and of which version. */
export interface ByteRange {
  readonly offset: number;
  readonly count: number;
  readonly etag?: string | undefined;
}

/** Reads a blob whole; undefined when there is none. */
export async function readWhole(
  access: BlobAccess,
  path: BlobPath,
  signal?: AbortSignal,
): Promise<StoredBlob | undefined> {
  return orMissing(async () => {
    const { bytes, reply } = await download(access, path, undefined, signal);
    return {
      bytes,
      etag: toEtag(reply.etag),
      modifiedAt: reply.lastModified?.getTime() ?? 0,
      metadata: reply.metadata ?? {},
    };
  });
}

/** Reads a range, which may reach beyond the end; undefined when there is no blob. */
export async function readRange(
  access: BlobAccess,
  path: BlobPath,
  range: ByteRange,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  return (await readPiece(access, path, range, signal))?.bytes;
}

/** The bytes of a range in pieces of 4 MB, two ahead of the reader; undefined when there is no blob. */
export async function streamRange(
  access: BlobAccess,
  path: BlobPath,
  range: ByteRange,
  signal?: AbortSignal,
): Promise<AsyncGenerator<Buffer> | undefined> {
  const first = await readPiece(access, path, { ...range, count: Math.min(range.count, pieceInBytes) }, signal);
  if (first === undefined) return undefined;
  return follow(access, path, range, first, signal);
}

async function* follow(
  access: BlobAccess,
  path: BlobPath,
  range: ByteRange,
  first: Piece,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  if (first.bytes.length > 0) yield first.bytes;
  // An append blob may grow while it is read: what is there stays as it is. Any other must be the same version throughout.
  const etag = first.isAppendable ? undefined : first.etag;
  const end = Math.min(first.sizeInBytes, range.offset + range.count);
  const rest = toRanges(range.offset + first.bytes.length, end, etag);
  for await (const piece of mapAhead(rest, piecesAhead, (next) => readPiece(access, path, next, signal))) {
    if (piece === undefined) throw new Error(`${path} was deleted while it was being read`);
    yield piece.bytes;
  }
}

function* toRanges(from: number, end: number, etag: string | undefined): Generator<ByteRange> {
  for (let offset = from; offset < end; offset += pieceInBytes) {
    yield { offset, count: Math.min(pieceInBytes, end - offset), etag };
  }
}

async function readPiece(
  access: BlobAccess,
  path: BlobPath,
  range: ByteRange,
  signal?: AbortSignal,
): Promise<Piece | undefined> {
  return orMissing(async () => {
    try {
      // A range of no bytes cannot be asked for: the header would mean the rest of the blob.
      const { bytes, reply } = await download(access, path, { ...range, count: Math.max(1, range.count) }, signal);
      return {
        bytes: bytes.subarray(0, range.count),
        etag: toEtag(reply.etag),
        isAppendable: reply.blobType === "AppendBlob",
        sizeInBytes: toWholeSize(reply),
      };
    } catch (error) {
      // An offset at the end or beyond it: there is nothing to read, which is no fault.
      if (!(error instanceof StorageFault) || error.status !== 416) throw error;
      return { bytes: Buffer.alloc(0), etag: "", isAppendable: false, sizeInBytes: 0 };
    }
  });
}

async function download(access: BlobAccess, path: BlobPath, range?: ByteRange, signal?: AbortSignal) {
  const client = toBlockBlob(access, path);
  const conditions = range?.etag === undefined ? {} : { ifMatch: range.etag };
  const request = async (abortSignal: AbortSignal) => {
    const reply = await client.download(range?.offset, range?.count, { abortSignal, conditions, maxRetryRequests: 0 });
    return { reply, bytes: await collect(reply), ...(reply.date === undefined ? {} : { date: reply.date }) };
  };
  return access.calls.run("read", path, request, signal);
}

async function collect(reply: BlobDownloadResponseParsed): Promise<Buffer> {
  // One buffer of the right size: joining what the socket gives would need the memory twice.
  const bytes = Buffer.allocUnsafeSlow(reply.contentLength ?? 0);
  let filled = 0;
  for await (const piece of reply.readableStreamBody ?? []) {
    const next = typeof piece === "string" ? Buffer.from(piece) : piece;
    bytes.set(next, filled);
    filled += next.length;
  }
  if (filled !== bytes.length) throw new Error(`got ${filled} of ${bytes.length} bytes`);
  return bytes;
}

/** From `Content-Range: bytes 0-99/1234` (RFC 9110, 14.4). */
function toWholeSize(reply: BlobDownloadResponseParsed): number {
  const total = reply.contentRange?.split("/")[1];
  return total === undefined ? (reply.contentLength ?? 0) : Number(total);
}

async function orMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StorageFault && error.isBlobMissing) return undefined;
    throw error;
  }
}
