import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import yazl from "yazl";
import type { ArchiveLimits, ArchiveReader, Expansion } from "../../../shared/expand/archive.ts";
import { ArchiveError, type ArchiveReason } from "../../../shared/expand/archive-error.ts";
import { expandTarGz } from "../../../shared/expand/expand-tar-gz.ts";
import { expandZip } from "../../../shared/expand/expand-zip.ts";

/** Packs a zip. */
export function makeZip(fill: (zip: yazl.ZipFile) => void): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  fill(zip);
  zip.end();
  return collect(zip.outputStream);
}

/** Packs a tar. */
export function makeTar(members: readonly (readonly [Partial<Header> & { name: string }, Buffer?])[]): Promise<Buffer> {
  const tar = pack();
  for (const [header, content] of members) tar.entry(header, content ?? Buffer.alloc(0));
  tar.finalize();
  return collect(tar);
}

/** Packs a tar.gz. */
export async function makeTarGz(
  members: readonly (readonly [Partial<Header> & { name: string }, Buffer?])[],
): Promise<Buffer> {
  return gzipSync(await makeTar(members));
}

/** Random access to a buffer that refuses what a blob would refuse, and counts. */
export function toReader(bytes: Buffer): ArchiveReader & { reads: number } {
  return {
    sizeInBytes: bytes.length,
    reads: 0,
    async read(offset, length) {
      this.reads += 1;
      if (offset < 0 || length <= 0 || offset + length > bytes.length) throw new Error("416 range not satisfiable");
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** Bytes in pieces, asynchronously. */
export async function* inPieces(bytes: Buffer, size = 10_000): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((resolve) => setImmediate(resolve));
    yield bytes.subarray(at, at + size);
  }
}

/** How to expand each kind of archive out of a buffer. */
export const expanders = {
  zip: (bytes: Buffer, limits?: ArchiveLimits) => expandZip(toReader(bytes), limits),
  "tar.gz": (bytes: Buffer, limits?: ArchiveLimits) => expandTarGz(inPieces(bytes), limits),
} as const;

/** Everything in an archive, by path. */
export async function readAll(expansion: Expansion): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const member of expansion.members) {
    const content = await collect(member.open());
    assert.equal(content.length, member.sizeInBytes);
    assert.equal(member.position, found.size);
    found.set(member.path, content);
  }
  return found;
}

/** The reason for which an archive is refused; "taken" when it is not. */
export async function verdictOn(expansion: Expansion): Promise<ArchiveReason | "taken"> {
  try {
    await readAll(expansion);
    return "taken";
  } catch (error) {
    assert.ok(error instanceof ArchiveError, String(error));
    return error.reason;
  }
}

async function collect(source: AsyncIterable<unknown>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of source) {
    assert.ok(piece instanceof Uint8Array);
    all.push(piece);
  }
  return Buffer.concat(all);
}
