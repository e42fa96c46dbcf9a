import { pipeline } from "node:stream";
import { createGunzip, gunzipSync, gzipSync } from "node:zlib";

/** Bytes as they come, or as they lie in memory. */
type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const lineFeed = 0x0a;
/** Byte 9 of a gzip header names the operating system (RFC 1952, 2.3.1); 255 = unknown. */
const systemByte = 9;
const unknownSystem = 255;

/**
 * The lines of JSON Lines that were gzipped in one or more members, without their line feeds. Flat in memory; ends with an
 * error when a member is cut off.
 */
export async function* readLines(gzipped: Bytes): AsyncGenerator<string> {
  // A block ends where a line ends, so no character is ever cut in two.
  for await (const block of readLineBlocks(gzipped)) yield* block.toString("utf8").split("\n").slice(0, -1);
}

/** The same as blocks of whole lines, each ended by a line feed: for those who only look at a line's start. */
export async function* readLineBlocks(gzipped: Bytes): AsyncGenerator<Buffer> {
  const open: Buffer[] = [];
  for await (const chunk of gunzipped(gzipped)) {
    const first = chunk.indexOf(lineFeed) + 1;
    const end = chunk.lastIndexOf(lineFeed) + 1;
    // Only the line that was cut in two is copied: it is most of the garbage otherwise.
    const start = open.length > 0 ? first : 0;
    if (start > 0) yield Buffer.concat([...open.splice(0), chunk.subarray(0, first)]);
    if (end > start) yield chunk.subarray(start, end);
    if (end < chunk.length) open.push(chunk.subarray(end));
  }
  if (open.length > 0) yield Buffer.concat([...open, Buffer.from("\n")]);
}

/** Gzips lines, each ended by a line feed: no time, no system in it, so the same lines give the same bytes. */
export function toGzipLines(lines: Iterable<string>): Buffer {
  return toGzip(Buffer.from([...lines, ""].join("\n")));
}

const firstSizeInBytes = 64 * 1024;
/** UTF-8 takes at most this many bytes for one UTF-16 unit. */
const mostBytesEach = 3;

/**
 * Collects lines as bytes until they are gzipped. As strings a chunk's lines all outlive V8's young generation, and
 * collecting them was a quarter of the fan-out's processor time.
 */
export class LineBuffer {
  #bytes: Buffer;
  #length = 0;
  #lines = 0;

  /** @param expectedInBytes what the lines will come to, roughly: more is made room for */
  constructor(expectedInBytes = firstSizeInBytes) {
    this.#bytes = Buffer.allocUnsafeSlow(expectedInBytes);
  }

  /** How many lines it holds. */
  get lines(): number {
    return this.#lines;
  }

  /** Adds a line, without its line feed: a text and, behind it, bytes, both of which are copied. */
  add(text: string, tail?: Uint8Array): void {
    this.#makeRoom(text.length * mostBytesEach + (tail?.length ?? 0) + 1);
    this.#length += this.#bytes.write(text, this.#length);
    if (tail !== undefined) {
      this.#bytes.set(tail, this.#length);
      this.#length += tail.length;
    }
    this.#bytes[this.#length] = lineFeed;
    this.#length += 1;
    this.#lines += 1;
  }

  /** The lines as one gzip member; it is empty then. */
  takeGzip(): Buffer {
    const gzip = toGzip(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#lines = 0;
    return gzip;
  }

  #makeRoom(neededInBytes: number): void {
    if (this.#length + neededInBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#length + neededInBytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Cuts bytes into lines, without their line feeds; the last may have none. Views: copy what is kept. Empty lines are left out. */
export function* cutLines(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(lineFeed, at);
    const end = found < 0 ? bytes.length : found;
    if (end > at) yield bytes.subarray(at, end);
    at = end + 1;
  }
}

/** One gzip member without time and system. Members put behind one another are one gzip (RFC 1952, 2.2). */
export function toGzip(bytes: Uint8Array): Buffer {
  // Level 1 makes 207 MB/s; a higher one would be the slowest step of the fan-out. Output comes in few pieces: each is a
  // buffer of its own, and thousands of them make V8 look through its whole heap again and again.
  const member = gzipSync(bytes, { level: 1, chunkSize: toPieceSize(bytes.length / 4) });
  member[systemByte] = unknownSystem;
  return member;
}

/**
 * Whether two gzips hold the same bytes. Deflate's output may differ between processors and versions of Node, so a blob
 * that is "different" after an upgrade may well hold the same lines.
 */
export function holdSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return fromGzip(one).equals(fromGzip(other));
}

/** Uncompresses what is known to fit into memory, in few pieces. @throws Error of zlib when it is no whole gzip */
export function fromGzip(gzip: Uint8Array): Buffer {
  return gunzipSync(gzip, { chunkSize: toPieceSize(gzip.length * 6) });
}

const [smallestPiece, largestPiece] = [16 * 1024, 1024 * 1024];

function toPieceSize(expected: number): number {
  return Math.min(largestPiece, Math.max(smallestPiece, Math.ceil(expected)));
}

async function* gunzipped(gzipped: Bytes): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Errors of either side come out of the iteration below; the callback keeps them from being uncaught.
  pipeline(gzipped, gunzip, () => undefined);
  yield* gunzip;
}
