import type { Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import type { DropState } from "./drop-state.ts";
import { type DropFile, type FileState, fileState } from "./file-state.ts";
import { toUnreadable } from "./read-problem.ts";
import type { Sought } from "./search-drops.ts";

/** A file that was found. */
export interface FoundFile {
  readonly type: "file";
  readonly file: FileState;
  /** The chat file that was found in it, where that is another one. */
  readonly chatFile?: DropFile;
  readonly as: "name" | "id" | "received" | "plaintext";
}

/** Looks through a drop's files by name or id. */
export async function seekFiles(blobs: Blobs, drop: DropState, text: string): Promise<Sought<FoundFile>> {
  const part = text.toLowerCase();
  return await seek(blobs, drop, (file) => {
    if (file.id === text) return [{ type: "file", file, as: "id" }];
    const chatFile = file.dropFiles.find(({ id }) => id === text);
    if (chatFile !== undefined) return [{ type: "file", file, chatFile, as: "id" }];
    if (file.path.toLowerCase().includes(part)) return [{ type: "file", file, as: "name" }];
    const members = file.dropFiles.filter(({ member }) => member?.toLowerCase().includes(part) === true);
    return members.map((member): FoundFile => ({ type: "file", file, chatFile: member, as: "name" }));
  });
}

/** Looks through a drop's files by the hash of what was received, or of what was in it. */
export async function seekHashes(blobs: Blobs, drop: DropState, text: string): Promise<Sought<FoundFile>> {
  const hash = text.toLowerCase();
  return await seek(blobs, drop, (file) => {
    if (file.sha256 === hash) return [{ type: "file", file, as: "received" }];
    if (file.plaintext === hash) return [{ type: "file", file, as: "plaintext" }];
    const chatFile = file.dropFiles.find(({ sha256 }) => sha256 === hash);
    return chatFile === undefined ? [] : [{ type: "file", file, chatFile, as: "plaintext" }];
  });
}

async function seek(
  blobs: Blobs,
  { connector, siteDay, files }: DropState,
  match: (file: FileState) => FoundFile[],
): Promise<Sought<FoundFile>> {
  const found: FoundFile[] = [];
  let isUnreadable = false;
  const records = files.map((id) => paths.file(connector, siteDay, id));
  for await (const file of mapAhead(records, 16, (path) => readOne(blobs, path))) {
    if (file === undefined) isUnreadable = true;
    else found.push(...match(file));
  }
  const gaps = isUnreadable ? [{ what: "file" as const, reason: "unreadable" as const }] : [];
  return { found, gaps, reads: files.length };
}

async function readOne(blobs: Blobs, path: ReturnType<typeof paths.file>): Promise<FileState | undefined> {
  try {
    return (await readDocument(blobs, path, fileState))?.value;
  } catch (error) {
    if (toUnreadable(path, error) === undefined) throw error;
    return undefined;
  }
}
