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

/** One gzip member without time and system. Members put behind one another are one gzip (RFC 1952, 2.2). */
export function toGzip(bytes: Uint8Array): Buffer {
  // Level 1 makes 207 MB/s; a higher one would be the slowest step of the fan-out.
  const member = gzipSync(bytes, { level: 1 });
  member[systemByte] = unknownSystem;
  return member;
}

/**
 * Whether two gzips hold the same bytes. Deflate's output may differ between processors and versions of Node, so a blob
 * that is "different" after an upgrade may well hold the same lines.
 */
export function holdSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return gunzipSync(one).equals(gunzipSync(other));
}

async function* gunzipped(gzipped: Bytes): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  // Errors of either side come out of the iteration below; the callback keeps them from being uncaught.
  pipeline(gzipped, gunzip, () => undefined);
  yield* gunzip;
}
