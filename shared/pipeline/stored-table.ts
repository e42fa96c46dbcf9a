import type { BlobPath, Blobs } from "../store/blobs.ts";
import { fromSafeCell } from "../store/safe-cell.ts";
import { BrokenState } from "./broken-state.ts";

/** A row of a stored table, and where the next one begins. */
export interface StoredRow {
  readonly cells: readonly string[];
  /** Byte offset. */
  readonly end: number;
}

const lineEnd = "\r\n";
/** Longer than any row of the tables that are read so. */
const peekInBytes = 4096;
/** From here on reading on is quicker than another jump. */
const nearInBytes = 64 * 1024;

/**
 * A table of a report as it lies in storage, read from anywhere: it can be hundreds of MB, and a page of it must not cost
 * more than a page. Only for tables in whose cells there is no line end.
 */
export class StoredTable {
  readonly #blobs: Pick<Blobs, "stream">;
  readonly #path: BlobPath;
  readonly sizeInBytes: number;

  private constructor(blobs: Pick<Blobs, "stream">, path: BlobPath, sizeInBytes: number) {
    this.#blobs = blobs;
    this.#path = path;
    this.sizeInBytes = sizeInBytes;
  }

  /** Undefined when it is not there. */
  static async open(blobs: Pick<Blobs, "stream" | "head">, path: BlobPath): Promise<StoredTable | undefined> {
    const entry = await blobs.head(path);
    return entry === undefined ? undefined : new StoredTable(blobs, path, entry.sizeInBytes);
  }

  /** The rows from an offset at which one begins, at most so many bytes of them, cut where a row ends. 0 is the head line. */
  async *rowsFrom(offset: number, mostInBytes: number): AsyncGenerator<StoredRow> {
    if (offset >= this.sizeInBytes) return;
    let open = Buffer.alloc(0);
    let end = offset;
    for await (const piece of await this.#read(offset, mostInBytes)) {
      const bytes = Buffer.concat([open, piece]);
      let start = 0;
      for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, start)) {
        const cells = toCells(bytes.toString("utf8", start, at));
        end += at + lineEnd.length - start;
        start = at + lineEnd.length;
        yield { cells, end };
      }
      open = Buffer.from(bytes.subarray(start));
    }
  }

  /**
   * An offset at which a row begins, shortly before the first one that is not before what is looked for: halving, a small
   * read at each step.
   * @param isBefore of a row, in a table that is sorted so
   */
  async find(isBefore: (cells: readonly string[]) => boolean): Promise<number> {
    let low = 0;
    let high = this.sizeInBytes;
    while (high - low > nearInBytes) {
      const middle = Math.floor((low + high) / 2);
      const row = await this.#rowBehind(middle);
      if (row !== undefined && isBefore(row.cells)) low = row.start;
      else high = middle;
    }
    return low;
  }

  async #rowBehind(offset: number): Promise<{ readonly cells: readonly string[]; readonly start: number } | undefined> {
    const pieces: Buffer[] = [];
    for await (const piece of await this.#read(offset, peekInBytes)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const start = bytes.indexOf(lineEnd) + lineEnd.length;
    const end = bytes.indexOf(lineEnd, start);
    if (start < lineEnd.length || end < 0) return undefined;
    return { cells: toCells(bytes.toString("utf8", start, end)), start: offset + start };
  }

  async #read(offset: number, count: number): Promise<AsyncIterable<Buffer>> {
    const left = Math.min(count, this.sizeInBytes - offset);
    const bytes = await this.#blobs.stream(this.#path, { offset, count: left });
    if (bytes === undefined) throw new BrokenState(`${this.#path} is missing.`);
    return bytes;
  }
}

/** RFC 4180, without line ends in cells; and the mark that keeps a spreadsheet from running a cell taken off. */
function toCells(line: string): string[] {
  if (!line.includes('"')) return line.split(",").map(fromSafeCell);
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(cells, ([, quoted, plain = ""]) => fromSafeCell(quoted?.replaceAll('""', '"') ?? plain));
}
