import { createHash } from "node:crypto";
import { type Sha256Hex, sha256Hex, toFileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import type { ArchiveMember } from "../expand/archive.ts";
import { expandTarGz } from "../expand/expand-tar-gz.ts";
import { expandZip } from "../expand/expand-zip.ts";
import { headLength } from "../parse/profiles.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import { isChatFile } from "./choose-profile.ts";
import type { DropFile, FileState } from "./file-state.ts";
import { commitOnce } from "./put-once.ts";
import { scanChatFile } from "./scan-chat-file.ts";

/** What an archive holds: its chat files, scanned, and the files beside them. */
export interface ExpandedArchive {
  readonly dropFiles: DropFile[];
  readonly besides: FileState["besides"];
  /** Files beside that no chat item names: perhaps chats of a format that is not known. */
  readonly unclaimed: number;
}

interface StoredMember {
  readonly path: string;
  readonly blob: BlobPath;
  readonly sha256: Sha256Hex;
  readonly sizeInBytes: number;
  readonly isChat: boolean;
}

/**
 * Expands an archive that lies in `drops` beside itself, member by member, and then scans its chat files: an attachment's
 * hash is part of its item's identity, so all files must be known before the first chat file is read.
 * @throws ArchiveError, UnparsableFile
 */
export async function expandIntoDrop(
  deps: { readonly blobs: Blobs },
  connector: Connector,
  file: FileState,
  container: "zip" | "gzip",
): Promise<ExpandedArchive> {
  const members: StoredMember[] = [];
  for await (const member of await openArchive(deps.blobs, file, container)) {
    members.push(await store(deps.blobs, connector, file, member));
  }
  const chats = members.filter(({ isChat }) => isChat);
  if (chats.length === 0) {
    throw new UnparsableFile(
      "unknown-format",
      { offset: 0, path: "" },
      `None of the archive's ${members.length} files is a chat file of a known format. Ask the sender which format this is, and see docs/formats.md.`,
    );
  }
  const besides = Object.fromEntries(members.filter((member) => !chats.includes(member)).map(toBeside));
  const dropFiles: DropFile[] = [];
  const claimed = new Set<string>();
  for (const { path, blob, sha256 } of chats) {
    const head = await readHead(deps.blobs, blob);
    const bytes = await openBlob(deps.blobs, blob);
    const source = { id: memberId(file, path), drop: file.drop, member: path, besides, claimed, head, bytes };
    dropFiles.push({ ...(await scanChatFile(deps, connector, source)), sha256 });
  }
  const unclaimed = Object.values(besides).filter(({ blob }) => !claimed.has(blob)).length;
  return { dropFiles, besides, unclaimed };
}

async function openArchive(
  blobs: Blobs,
  file: FileState,
  container: "zip" | "gzip",
): Promise<AsyncIterable<ArchiveMember>> {
  const path = paths.dropFile(file.drop, file.id);
  if (container === "gzip") return expandTarGz(await openBlob(blobs, path)).members;
  const sizeInBytes = (await blobs.head(path))?.sizeInBytes ?? 0;
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for await (const piece of await openBlob(blobs, path, { offset, count: length })) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  return expandZip({ sizeInBytes, read }).members;
}

async function openBlob(
  blobs: Blobs,
  path: BlobPath,
  range: { readonly offset?: number; readonly count?: number } = {},
): Promise<AsyncIterable<Buffer>> {
  const bytes = await blobs.stream(path, range);
  if (bytes === undefined) throw new BrokenState(`${path} is missing.`);
  return bytes;
}

/** A member becomes a blob of its own as it comes out. */
async function store(
  blobs: Blobs,
  connector: Connector,
  file: FileState,
  member: ArchiveMember,
): Promise<StoredMember> {
  const blob = paths.dropFile(file.drop, memberId(file, member.path));
  const writer = blobs.writer(blob);
  const hash = createHash("sha256");
  const head: Uint8Array[] = [];
  let sizeInBytes = 0;
  try {
    for await (const piece of member.open()) {
      if (sizeInBytes < headLength) head.push(Buffer.from(piece.subarray(0, headLength)));
      sizeInBytes += piece.length;
      hash.update(piece);
      await writer.write(piece);
    }
    const sha256 = sha256Hex.parse(hash.digest("hex"));
    await commitOnce(blobs, writer, blob, { metadata: { sha256 } });
    // Ten thousand members' beginnings would take more memory than the app has.
    const isChat = isChatFile(member.path, Buffer.concat(head), connector);
    return { path: member.path, blob, sha256, sizeInBytes, isChat };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function readHead(blobs: Blobs, blob: BlobPath): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of await openBlob(blobs, blob, { count: headLength })) pieces.push(piece);
  return Buffer.concat(pieces);
}

function toBeside({ path, sha256, sizeInBytes, blob }: StoredMember): [string, FileState["besides"][string]] {
  return [path, { sha256, sizeInBytes, blob }];
}

function memberId(file: FileState, path: string): DropFile["id"] {
  return toFileId(file.id, "member", path);
}
