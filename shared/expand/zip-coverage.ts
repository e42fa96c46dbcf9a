import type { Entry, ZipFile } from "yauzl";
import { ArchiveError } from "./archive-error.ts";
import type { CachedReader } from "./cached-reader.ts";

/** Beyond what the directory tells of a member's length: its descriptor, and extra fields that stand in front of it only. */
const slackInBytes = 64;
const pieceInBytes = 1_048_576;
const localHeader = Buffer.from("PK\u0003\u0004");
/** What may follow the directory (APPNOTE 4.3.6): its signature, or one of the two end records. */
const followers = ["PK\u0005\u0005", "PK\u0006\u0006", "PK\u0005\u0006"];

/**
 * Checks that an archive holds no member that its directory does not name. Readers follow the directory alone: a chat file
 * left out of it, by a trick or by a writer whose 16-bit count ran over, would be lost in silence.
 * @param entries all that were read of the directory
 * @throws ArchiveError `damaged`, or what the source throws
 */
export async function checkNothingHidden(reader: CachedReader, zip: ZipFile, entries: readonly Entry[]): Promise<void> {
  const directoryEnd = toDirectoryEnd(zip);
  const follower = await reader.bytes(directoryEnd, 4);
  if (!followers.includes(Buffer.from(follower).toString("latin1"))) throw new ArchiveError("damaged");
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  const directoryStart = directoryEnd - entries.reduce((sum, entry) => sum + lengthInDirectory(entry), 0);
  await checkGap(reader, 0, sorted[0]?.relativeOffsetOfLocalHeader ?? directoryStart);
  for (const [i, entry] of sorted.entries()) {
    const next = sorted[i + 1]?.relativeOffsetOfLocalHeader ?? directoryStart;
    const { relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize, extraFieldLength } = entry;
    // Mostly this tells enough, and spares a read for each of ten thousand members.
    if (next - start - 30 - fileNameLength - compressedSize <= slackInBytes + extraFieldLength) continue;
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry);
    await checkGap(reader, fileDataStart + compressedSize, next);
  }
}

/** Where yauzl stands once it has read what the end record told of; its types do not have it. */
function toDirectoryEnd(zip: ZipFile): number {
  const end: unknown = Reflect.get(zip, "readEntryCursor");
  if (typeof end !== "number") throw new Error("yauzl does not tell where the directory ends");
  return end;
}

function lengthInDirectory({ fileNameLength, extraFieldLength, fileCommentLength }: Entry): number {
  return 46 + fileNameLength + extraFieldLength + fileCommentLength;
}

/** Bytes between members, such as padding, are no harm unless a member begins in them. */
async function checkGap(reader: CachedReader, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += pieceInBytes) {
    const piece = await reader.bytes(at, Math.min(pieceInBytes + localHeader.length - 1, to - at));
    if (Buffer.from(piece).includes(localHeader)) throw new ArchiveError("damaged");
  }
}
