import { createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { toCsv } from "./chat-csv.ts";
import type { ChatDay } from "./chat-day.ts";
import { toXml } from "./chat-xml.ts";

/** A form in which a day is written. */
export type ChatForm = "xml" | "csv";

/** A chat file on the disk. */
export interface ChatFile extends ChatDay {
  readonly form: ChatForm;
  readonly path: string;
  readonly sizeInBytes: number;
}

/** Goes up when what is written changes: an older file is not taken for a newer one. */
const version = 2;
const pieceInCharacters = 256 * 1024;

const writers = { xml: toXml, csv: toCsv } as const;

/** The day as a file, written once and kept: the same day gives the same bytes. */
export async function chatFile(folder: string, form: ChatForm, day: ChatDay): Promise<ChatFile> {
  const path = join(folder, "input", `${day.messages}-${day.mailboxes}-v${version}.${form}`);
  await mkdir(join(folder, "input"), { recursive: true });
  const size = await sizeOf(path);
  if (size !== undefined) return { ...day, form, path, sizeInBytes: size };
  await pipeline(Readable.from(inPieces(writers[form](day))), createWriteStream(`${path}.new`));
  await rename(`${path}.new`, path);
  return { ...day, form, path, sizeInBytes: (await sizeOf(path)) ?? 0 };
}

/** Bytes of a file; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(undefinedIfMissing))?.size;
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

function* inPieces(parts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const part of parts) {
    piece += part;
    if (piece.length < pieceInCharacters) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
