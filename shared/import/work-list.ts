import { parseWorkLine, type WorkLine } from "../chat/work-line.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { type Source, toSource } from "./ledger-line.ts";

/** A line of the work list. */
export interface WorkEntry {
  /** Its number in the list, from 0. */
  readonly ordinal: number;
  readonly work: WorkLine;
  readonly source: Source;
}

/** A work list is not there, or not what it must be. Its message tells nothing of its content. */
export class WorkListFault extends Error {
  override readonly name = "WorkListFault";
  readonly messageIsOurs = true;
}

/** What of a work list's gzip is kept in memory for the second reading, in bytes: a list of some thousand items. */
const keptInBytes = 512 * 1024;

/** A mailbox run's work list, `work/{drop}/{gen}/{mailbox}.gz`. It never changes, so a short one is fetched once. */
export class WorkList {
  readonly #blobs: Pick<Blobs, "stream">;
  readonly #path: BlobPath;
  #kept: readonly Buffer[] | undefined;

  constructor(blobs: Pick<Blobs, "stream">, path: BlobPath) {
    this.#blobs = blobs;
    this.#path = path;
  }

  /** The lines from the `first`-th on, in their order: grouped by chat day. @throws WorkListFault */
  async *from(first: number): AsyncGenerator<WorkEntry> {
    let ordinal = 0;
    for await (const line of readLines(await this.#open())) {
      if (ordinal >= first) yield toEntry(this.#path, ordinal, line);
      ordinal += 1;
    }
  }

  async #open(): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
    if (this.#kept !== undefined) return this.#kept;
    const bytes = await this.#blobs.stream(this.#path);
    if (bytes === undefined)
      throw new WorkListFault(`The work list ${this.#path} is missing: the drop must be mapped again`);
    return this.#keeping(bytes);
  }

  /** Passes the bytes on, and keeps them when all have come and they are few. */
  async *#keeping(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const kept: Buffer[] = [];
    let sizeInBytes = 0;
    for await (const piece of bytes) {
      sizeInBytes += piece.length;
      if (sizeInBytes <= keptInBytes) kept.push(piece);
      yield piece;
    }
    if (sizeInBytes <= keptInBytes) this.#kept = kept;
  }
}

function toEntry(path: BlobPath, ordinal: number, line: string): WorkEntry {
  try {
    const work = parseWorkLine(line);
    return { ordinal, work, source: toSource(work.file, work.item.position) };
  } catch {
    // The parser's message could quote what people wrote, so it does not travel on as the cause.
    throw new WorkListFault(`The work list ${path} has a line ${ordinal + 1} that cannot be read`);
  }
}
