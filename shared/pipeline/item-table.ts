import { parseWorkLine } from "../chat/work-line.ts";
import type { Row, Table } from "../report/csv.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLineBlocks, readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { type ListedMailbox, listMailboxes } from "./mailbox-table.ts";
import { listIndexed } from "./report-facts.ts";
import { type ResultLine, readResult } from "./run-result.ts";

const columns = ["key", "chatDay", "source", "mailbox", "outcome", "reason"];

/** An item as its line in a work list or in the index begins. */
interface Place {
  readonly key: string;
  readonly chatDay: string;
  /** `file:position`. */
  readonly source: string;
}

/** What became of an item: a line of a result. */
type ItemLine = Extract<ResultLine, { source: unknown }>;

/**
 * One row for each item and mailbox, by mailbox in the order of its work list, and last one for each item that goes to no
 * mailbox. Flat in memory: work list and result of a mailbox have the same order and are read side by side.
 */
export function toItemTable(blobs: Blobs, drop: DropState): Table {
  return { columns, batches: listItemRows(blobs, drop) };
}

async function* listItemRows(blobs: Blobs, drop: DropState): AsyncGenerator<readonly Row[]> {
  const isGathered = hasReached(drop.state, "gathered");
  if (isGathered) {
    const opened = mapAhead(listMailboxes(blobs, drop), 4, (listed) => openMailbox(blobs, drop, listed));
    for await (const mailbox of opened) yield* listMailboxRows(mailbox);
  }
  for (const path of await listIndexed(blobs, drop)) yield* listIndexRows(blobs, path, !isGathered);
}

/** The rows of one mailbox, in the order of its work list. @throws BrokenState when that is missing */
export async function* listRowsOfMailbox(
  blobs: Blobs,
  drop: DropState,
  listed: ListedMailbox,
): AsyncGenerator<readonly Row[]> {
  yield* listMailboxRows(await openMailbox(blobs, drop, listed));
}

interface OpenMailbox extends ListedMailbox {
  readonly path: BlobPath;
  readonly work: AsyncIterable<Buffer>;
  /** Undefined while its run has not ended. */
  readonly result: AsyncIterable<ResultLine> | undefined;
}

async function openMailbox(blobs: Blobs, { id, gen }: DropState, listed: ListedMailbox): Promise<OpenMailbox> {
  const path = paths.work(id, gen, listed.mailbox);
  const [work, result] = await Promise.all([
    blobs.stream(path),
    readResult(blobs, paths.result(id, gen, listed.mailbox)),
  ]);
  if (work === undefined) throw new BrokenState(`The work list ${path} is missing.`);
  return { ...listed, path, work, result };
}

async function* listMailboxRows(opened: OpenMailbox): AsyncGenerator<readonly Row[]> {
  const { mailbox, items, path, work } = opened;
  const outcomes = opened.result === undefined ? undefined : new Outcomes(opened.result);
  let count = 0;
  for await (const block of readLineBlocks(work)) {
    const rows: Row[] = [];
    for (const { key, chatDay, source } of listPlaces(block)) {
      await outcomes?.fill();
      const [outcome, reason] = outcomes?.take(key, source) ?? ["open"];
      rows.push([key, chatDay, source, mailbox, outcome, reason]);
    }
    yield rows;
    count += rows.length;
  }
  await outcomes?.fill();
  if (count !== items || outcomes?.isExhausted === false) {
    throw new BrokenState(`The result of ${path} speaks of items that are not in it, or not in their order.`);
  }
}

/** A result names the items that are not simply imported, in the order of the work list. */
class Outcomes {
  readonly #lines: AsyncIterator<ResultLine>;
  #next: ItemLine | undefined;
  #hasEnded = false;

  constructor(lines: AsyncIterable<ResultLine>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Reads on to the next item of the result, unless it is there. */
  async fill(): Promise<void> {
    while (this.#next === undefined && !this.#hasEnded) {
      const { done, value } = await this.#lines.next();
      this.#hasEnded = done === true;
      if (done !== true && "source" in value) this.#next = value;
    }
  }

  take(key: string, source: string): readonly [outcome: string, reason?: string] {
    const line = this.#next;
    if (line?.source !== source || line.key !== key) return ["imported"];
    this.#next = undefined;
    return [line.type, toReason(line)];
  }

  get isExhausted(): boolean {
    return this.#hasEnded && this.#next === undefined;
  }
}

function toReason(line: ItemLine): string {
  if (line.type === "failed") return line.reason;
  if (line.type === "partial") return "an attachment is left out";
  return `already there: ${line.first.generation} ${line.first.source}`;
}

const lineFeed = 0x0a;
/** As long as the beginning of a work line can be: file, chat day, position and key. */
const longestStart = 128;
const workStart = /^([0-9a-v]{20})\t(\d{4}-\d{2}-\d{2})\t\{"position":(\d+),"key":"([\w-]{43})"/;

/** The beginnings of a work list's lines: the words behind them are not even decoded. */
function* listPlaces(block: Buffer): Generator<Place> {
  for (let start = 0; start < block.length; ) {
    const end = block.indexOf(lineFeed, start);
    yield toPlace(block, start, end);
    start = end + 1;
  }
}

function toPlace(block: Buffer, start: number, end: number): Place {
  const found = workStart.exec(block.toString("latin1", start, Math.min(end, start + longestStart)));
  const [, file, chatDay, position, key] = found ?? [];
  if (key !== undefined && chatDay !== undefined) return { key, chatDay, source: `${file}:${position}` };
  const line = parseWorkLine(block.toString("utf8", start, end));
  return { key: line.item.key, chatDay: line.chatDay, source: `${line.file}:${line.item.position}` };
}

const rowsAtOnce = 1000;

/** What of a chunk goes to no mailbox; before the work lists are there, also what is still to go to one. */
export async function* listIndexRows(blobs: Blobs, path: BlobPath, withOpen: boolean): AsyncGenerator<readonly Row[]> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) throw new BrokenState(`${path} is missing.`);
  let rows: Row[] = [];
  for await (const line of readLines(bytes)) {
    const isNowhere = line.endsWith(",unmapped") || line.endsWith(",out-of-scope");
    if (!isNowhere && !withOpen) continue;
    const [key, chatDay, source, target] = line.split(",");
    rows.push(isNowhere ? [key, chatDay, source, undefined, target] : [key, chatDay, source, target, "open"]);
    if (rows.length < rowsAtOnce) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}
