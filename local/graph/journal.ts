import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Where a message's JSON lies: in memory, or so many bytes from a place in the journal's file. */
export type MessagePlace = Buffer | { readonly offset: number; readonly length: number };

/** Keeps what happened, entry after entry, each with the text of a message where it has one. */
export interface Journal {
  /** Makes an entry durable against the death of the process before it returns, and says where the message lies. */
  append(entry: object, message?: string): MessagePlace;
  read(place: MessagePlace): string;
  close(): void;
}

/** A journal that forgets: messages stay in memory and are gone with the process. */
export function createMemoryJournal(): Journal {
  return {
    append: (_entry, message = "") => Buffer.from(message),
    read: (place) => {
      if (!Buffer.isBuffer(place)) throw new TypeError("a place in a file was asked of a journal in memory");
      return place.toString("utf8");
    },
    close: () => {},
  };
}

// One line an entry: the entry's JSON, a tab, the message's JSON. Neither holds a tab or a line feed: JSON escapes both.
const TAB = 0x09;
const LINE_FEED = 0x0a;

/**
 * Opens the journal in `path`, or begins one. Every entry in it goes to `replay` first, with the place of its message.
 * What a killed process left half written at its end is cut off: its request was never answered.
 *
 * @throws SyntaxError when an entry in the middle is damaged, and what `replay` throws
 */
export async function openFileJournal(
  path: string,
  replay: (entry: unknown, place: MessagePlace) => void,
): Promise<Journal> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, "a+", 0o600);
  let end = await replayLines(path, replay);
  if (statSync(path).size > end) ftruncateSync(file, end);
  return {
    append(entry, message = "") {
      const head = `${JSON.stringify(entry)}\t`;
      const line = Buffer.from(`${head}${message}\n`);
      writeWhole(file, line);
      const offset = end + Buffer.byteLength(head);
      end += line.length;
      return { offset, length: end - 1 - offset };
    },
    read(place) {
      if (Buffer.isBuffer(place)) return place.toString("utf8");
      const bytes = Buffer.allocUnsafe(place.length);
      const size = readSync(file, bytes, 0, place.length, place.offset);
      if (size !== place.length) throw new RangeError(`the journal ${path} is shorter than it was`);
      return bytes.toString("utf8");
    },
    close: () => closeSync(file),
  };
}

function writeWhole(file: number, bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done);
}

/** Where the last whole line ends. */
async function replayLines(path: string, replay: (entry: unknown, place: MessagePlace) => void): Promise<number> {
  let start = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) {
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED)) {
      replayLine(bytes.subarray(0, feed), start, replay);
      start += feed + 1;
      bytes = bytes.subarray(feed + 1);
    }
    rest = bytes;
  }
  return start;
}

function replayLine(line: Buffer, start: number, replay: (entry: unknown, place: MessagePlace) => void): void {
  const tab = line.indexOf(TAB);
  const entry: unknown = JSON.parse(line.subarray(0, tab === -1 ? line.length : tab).toString("utf8"));
  replay(entry, { offset: start + tab + 1, length: line.length - tab - 1 });
}
