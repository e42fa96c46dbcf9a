import { createHash } from "node:crypto";
import { type Sha256Hex, sha256Hex, toFileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import type { ArchiveMember } from "../expand/archive.ts";
import { expandArchive } from "../expand/expand-archive.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import { isChatFile } from "./choose-profile.ts";
import type { DropFile, FileState } from "./file-state.ts";
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
  readonly head: Uint8Array;
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
): Promise<ExpandedArchive> {
  const members: StoredMember[] = [];
  const archive = toReader(deps.blobs, paths.dropFile(file.drop, file.id));
  for await (const member of expandArchive(await archive)) members.push(await store(deps.blobs, file, member));
  const chats = members.filter(({ path, head }) => isChatFile(path, head, connector));
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
  for (const { path, blob, sha256, head } of chats) {
    const bytes = await deps.blobs.stream(blob);
    if (bytes === undefined) throw new BrokenState(`Member blob ${blob} is missing.`);
    const source = { id: memberId(file, path), drop: file.drop, member: path, besides, claimed, head, bytes };
    dropFiles.push({ ...(await scanChatFile(deps, connector, source)), sha256 });
  }
  const unclaimed = Object.values(besides).filter(({ blob }) => !claimed.has(blob)).length;
  return { dropFiles, besides, unclaimed };
}

function toBeside({ path, sha256, sizeInBytes, blob }: StoredMember): [string, FileState["besides"][string]] {
  return [path, { sha256, sizeInBytes, blob }];
}

function memberId(file: FileState, path: string): DropFile["id"] {
  return toFileId(file.id, "member", path);
}
