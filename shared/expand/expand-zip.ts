import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import type { ArchiveLimits, ArchiveMember, ArchiveReader, Expansion } from "./archive.ts";
import { ArchiveError } from "./archive-error.ts";
import { CachedReader } from "./cached-reader.ts";
import { type ClaimedMember, MemberGate } from "./member-gate.ts";
import { checkNothingHidden } from "./zip-coverage.ts";

/**
 * Expands a zip (APPNOTE 6.3.10; zip64, stored and deflated). The directory stands at its end, so a zip needs random
 * access; and it is read and judged whole before the first member is given out.
 */
export function expandZip(archive: ArchiveReader, limits: ArchiveLimits = {}): Expansion {
  const gate = new MemberGate(limits);
  return { members: readMembers(archive, gate), skipped: () => gate.skipped };
}

async function* readMembers(archive: ArchiveReader, gate: MemberGate): AsyncGenerator<ArchiveMember, void> {
  const reader = new CachedReader(archive);
  const told = (error: unknown) => reader.failure ?? toArchiveError(error);
  let members: ArchiveMember[];
  try {
    const zip = await fromRandomAccessReaderPromise(reader, archive.sizeInBytes, {
      autoClose: false,
      decodeStrings: false,
      strictFileNames: true,
    });
    const listed = await listEntries(zip, gate, told);
    gate.checkRatio(gate.totalInBytes, archive.sizeInBytes);
    checkApart(listed.entries.map(toRange));
    await checkNothingHidden(reader, zip, listed.entries);
    gate.finish();
    members = listed.members;
  } catch (error) {
    throw told(error);
  }
  yield* members;
}

/** Everything that the directory names, and those of it that are taken. */
async function listEntries(
  zip: ZipFile,
  gate: MemberGate,
  told: (error: unknown) => unknown,
): Promise<{ readonly entries: readonly Entry[]; readonly members: ArchiveMember[] }> {
  const [entries, members]: [Entry[], ArchiveMember[]] = [[], []];
  for await (const entry of zip.eachEntry()) {
    const claimed = toClaimed(entry);
    const path = gate.admit(claimed);
    entries.push(entry);
    if (path === undefined) continue;
    const position = members.length;
    checkUsable(entry, position);
    const open = () => readMember(zip, entry, position, told);
    members.push({ position, path, sizeInBytes: claimed.sizeInBytes, open });
  }
  return { entries, members };
}

async function* readMember(
  zip: ZipFile,
  entry: Entry,
  member: number,
  told: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void> {
  try {
    // The directory has no checksum; a name that was damaged in it differs from the one in front of the content.
    const { fileName } = await zip.readLocalFileHeaderPromise(entry);
    if (!fileName.equals(entry.fileNameRaw)) throw new ArchiveError("damaged", member);
    const content: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
    let checksum = 0;
    for await (const chunk of content) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw new ArchiveError("damaged", member);
  } catch (error) {
    throw told(error);
  }
}

function toClaimed(entry: Entry): ClaimedMember {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const bytes = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  return { name: bytes, sizeInBytes: entry.uncompressedSize, kind: kindOf(entry, bytes) };
}

/** Unix and macOS keep the file type in the upper half of the external attributes (APPNOTE 4.4.15). */
function kindOf({ versionMadeBy, externalFileAttributes }: Entry, name: string): ClaimedMember["kind"] {
  const system = versionMadeBy >>> 8;
  const type = system === 3 || system === 19 ? (externalFileAttributes >>> 16) & 0o170000 : 0;
  if (name.endsWith("/") || type === 0o040000) return "folder";
  return type === 0 || type === 0o100000 ? "file" : "other";
}

function checkUsable(entry: Entry, member: number): void {
  if (entry.isEncrypted()) throw new ArchiveError("encrypted", member);
  if (!entry.canDecodeFileData()) throw new ArchiveError("unsupported-method", member);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function toRange({ relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize }: Entry): Range {
  return { start, end: start + 30 + fileNameLength + compressedSize };
}

/** Members that share their packed bytes are how a small zip expands to terabytes ("A better zip bomb", Fifield 2019). */
function checkApart(ranges: readonly Range[]): void {
  const inOrder = ranges.toSorted((a, b) => a.start - b.start);
  const isShared = inOrder.some(({ start }, i) => start < (inOrder[i - 1]?.end ?? 0));
  if (isShared) throw new ArchiveError("ratio-too-high");
}

/** yauzl and zlib tell these apart by words only. */
const phrases: readonly (readonly [RegExp, ConstructorParameters<typeof ArchiveError>[0]])[] = [
  [/end of central directory record signature not found/i, "truncated"],
  [/encrypt/i, "encrypted"],
  [/unsupported compression method/i, "unsupported-method"],
];

function toArchiveError(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const message = error instanceof Error ? error.message : "";
  return new ArchiveError(phrases.find(([words]) => words.test(message))?.[1] ?? "damaged", undefined, {
    cause: error,
  });
}
