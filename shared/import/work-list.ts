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

/** The lines of a work list from the `from`-th on, in their order: grouped by chat day. @throws WorkListFault */
export async function* listWork(blobs: Pick<Blobs, "stream">, path: BlobPath, from = 0): AsyncGenerator<WorkEntry> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) throw new WorkListFault(`The work list ${path} is missing: the drop must be mapped again`);
  let ordinal = 0;
  for await (const line of readLines(bytes)) {
    if (ordinal >= from) yield toEntry(path, ordinal, line);
    ordinal += 1;
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
