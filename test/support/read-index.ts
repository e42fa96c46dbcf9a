import { gunzipSync } from "node:zlib";
import { type DropId, type FileId, fileId, type ImportKey, importKey } from "../../shared/chat/identifiers.ts";
import { paths } from "../../shared/store/paths.ts";
import type { MemoryBlobs } from "./memory-blobs.ts";

/** A line of `reports/index`: an item and a mailbox, or a word in its place. */
export interface IndexLine {
  readonly key: ImportKey;
  readonly chatDay: string;
  readonly source: string;
  readonly file: FileId;
  readonly to: string;
}

/** All lines of a generation's index. */
export async function readIndex(blobs: MemoryBlobs, drop: DropId, gen = 1): Promise<IndexLine[]> {
  const lines: IndexLine[] = [];
  for await (const { path } of blobs.list(paths.indexOf(drop, gen))) {
    const text = gunzipSync((await blobs.read(path))?.bytes ?? Buffer.alloc(0)).toString();
    for (const line of text.split("\n").slice(0, -1)) {
      const [key, chatDay = "", source = "", to = ""] = line.split(",");
      lines.push({ key: importKey.parse(key), chatDay, source, file: fileId.parse(source.split(":")[0]), to });
    }
  }
  return lines;
}

/** The key of the n-th item of a chat file, from 0. */
export async function keyOfItem(blobs: MemoryBlobs, drop: DropId, n: number, file?: FileId): Promise<ImportKey> {
  const lines = (await readIndex(blobs, drop)).filter((line) => file === undefined || line.file === file);
  const key = [...new Set(lines.map((line) => line.key))][n];
  if (key === undefined) throw new Error(`there is no item ${n}`);
  return key;
}
