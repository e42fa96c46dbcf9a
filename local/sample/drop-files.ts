import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { toFileBytes } from "./file-bytes.ts";
import type { PlannedFile, SampleDay } from "./sample-day.ts";
import type { SampleFile, Script } from "./sample-types.ts";
import { dayAfter, startOfDay } from "./zone-day.ts";

/** A drop file before its encryption. */
export interface DropFile {
  readonly name: string;
  /** When the site has it from, ms since 1970: in the night after the chats. */
  readonly modifiedAt: number;
  /** The bytes, made while they are read; any number of times. */
  open(): AsyncIterable<Uint8Array>;
}

const minute = 60_000;
const pieceInCharacters = 64 * 1024;

/** The day's drop files; a small day has fewer of them, none is empty. */
export function toDropFiles(day: SampleDay): DropFile[] {
  const used = new Set<number>();
  for (const { file } of day.conversations()) {
    used.add(file);
    if (used.size === day.files.length) break;
  }
  const nightFrom = startOfDay(dayAfter(day.options.day), day.options.zone) + 90 * minute;
  return day.files
    .filter(({ number }) => used.has(number))
    .map((file) => {
      const modifiedAt = nightFrom + file.number * minute;
      const chats = (): AsyncIterable<Uint8Array> => writeChats(day, file);
      const open = file.shape.inArchive === undefined ? chats : () => writeArchive(day, file, modifiedAt);
      return { name: file.name, modifiedAt, open };
    });
}

function* scriptsOf(day: SampleDay, { number }: PlannedFile): Iterable<Script> {
  for (const { file, play } of day.conversations()) if (file === number) yield play();
}

async function* writeChats(day: SampleDay, file: PlannedFile): AsyncIterable<Uint8Array> {
  let piece = file.shape.hasMark === true ? "\ufeff" : "";
  for (const text of day.format.write(scriptsOf(day, file))) {
    piece += text;
    if (piece.length < pieceInCharacters) continue;
    yield Buffer.from(piece);
    piece = "";
  }
  yield Buffer.from(piece);
}

/** The chat file and the files beside it, each made when its turn comes. */
async function* writeArchive(day: SampleDay, file: PlannedFile, modifiedAt: number): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const options = { mtime: new Date(modifiedAt), mode: 0o100644, forceDosTimestamp: false };
  zip.addReadStream(Readable.from(writeChats(day, file)), file.chatName, options);
  for (const beside of filesBeside(day, file)) {
    zip.addReadStreamLazy(beside.path, { ...options, compress: false }, (give) => {
      give(undefined, Readable.from([toFileBytes(beside)]));
    });
  }
  zip.end();
  for await (const piece of zip.outputStream) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

function* filesBeside(day: SampleDay, planned: PlannedFile): Iterable<SampleFile> {
  const written = new Set<string>();
  for (const script of scriptsOf(day, planned)) {
    for (const { file } of script.entries) {
      if (file?.bytes !== "beside" || written.has(file.path)) continue;
      written.add(file.path);
      yield file;
    }
  }
}
