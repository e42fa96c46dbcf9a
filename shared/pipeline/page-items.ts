import type { FileId, ImportKey, MailboxId } from "../chat/identifiers.ts";
import type { Row } from "../report/csv.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { listIndexRows, listRowsOfMailbox } from "./item-table.ts";
import { type ListedMailbox, listMailboxes } from "./mailbox-table.ts";
import { toUnreadable, type Unreadable } from "./read-problem.ts";
import { listIndexed } from "./report-facts.ts";
import { StoredTable } from "./stored-table.ts";

/** What became of an item in a mailbox. */
export type ShownOutcome = "imported" | "partial" | "skipped" | "failed" | "open" | "unmapped" | "out-of-scope";

/** An item and what became of it in a mailbox, as the tables have it. */
export interface ShownItem {
  readonly key: string;
  readonly chatDay?: string;
  /** `file:position`. */
  readonly source: string;
  readonly mailbox?: string;
  readonly outcome: string;
  readonly reason?: string;
}

/** Which items are asked for; what is not given does not matter. */
export interface ItemFilter {
  readonly outcome?: ShownOutcome | undefined;
  readonly mailbox?: MailboxId | undefined;
  readonly file?: FileId | undefined;
  readonly key?: ImportKey | undefined;
}

/** Where a page begins: in a stored table, in a work list, or in the index. */
export type ItemPlace =
  | { readonly in: "table"; readonly offset: number }
  | { readonly in: "work"; readonly mailbox: number; readonly row: number }
  | { readonly in: "index"; readonly chunk: number; readonly row: number; readonly withOpen: boolean };

/** A page of items. */
export interface ItemPage {
  readonly items: readonly ShownItem[];
  readonly next?: ItemPlace;
  readonly unreadable: readonly Unreadable[];
}

/** What one page may read of a stored table: some 60,000 rows. */
const mostBytes = 8 * 1024 * 1024;
/** What one page may go through of work lists and index. */
const mostRows = 60_000;
const mostMailboxes = 64;

/**
 * A page of a closed generation's items, out of its stored table, which stays when the plaintext goes. Undefined when there
 * is none. A mailbox's rows lie behind one another, and are found by halving.
 */
export async function pageStoredItems(
  blobs: Blobs,
  { id, gen }: Pick<DropState, "id" | "gen">,
  filter: ItemFilter,
  { limit, from }: { readonly limit: number; readonly from?: ItemPlace | undefined },
): Promise<ItemPage | undefined> {
  const isOfFailures = filter.outcome === "failed" && filter.mailbox === undefined;
  const table = await StoredTable.open(blobs, paths.reportCsv(id, gen, isOfFailures ? "failures" : "items"));
  if (table === undefined) return undefined;
  const toItem = isOfFailures ? toFailedItem : toTableItem;
  const range = isOfFailures ? everywhere : await toRange(blobs, { id, gen }, filter);
  const begin = from?.in === "table" ? from.offset : await toBegin(table, range);
  const items: ShownItem[] = [];
  let end = begin;
  for await (const row of table.rowsFrom(begin, mostBytes)) {
    // The head line, whose first cell has the byte order mark.
    const isHead = end === 0;
    end = row.end;
    if (isHead || range.isBefore(row.cells[3])) continue;
    if (range.isBehind(row.cells[3])) return { items, unreadable: [] };
    const item = toItem(row.cells);
    if (isWanted(item, filter)) items.push(item);
    if (items.length === limit) break;
  }
  const isLast = end >= table.sizeInBytes;
  return { items, ...(isLast ? {} : { next: { in: "table", offset: end } }), unreadable: [] };
}

/** Which rows are in question, told from their mailbox. */
interface Range {
  isBefore(mailbox: string | undefined): boolean;
  isBehind(mailbox: string | undefined): boolean;
}

const everywhere: Range = { isBefore: () => false, isBehind: () => false };

async function toBegin(table: StoredTable, range: Range): Promise<number> {
  return range === everywhere ? 0 : await table.find((cells) => range.isBefore(cells[3]));
}

/** Rows come in the order of the table of mailboxes; those of no mailbox last. */
async function toRange(
  blobs: Blobs,
  { id, gen }: Pick<DropState, "id" | "gen">,
  { mailbox, outcome }: ItemFilter,
): Promise<Range> {
  const isNowhere = outcome === "unmapped" || outcome === "out-of-scope";
  if (isNowhere) return { isBefore: (of) => of !== "", isBehind: () => false };
  if (mailbox === undefined) return everywhere;
  const order = await readOrder(blobs, { id, gen });
  const wanted = order.get(mailbox) ?? Number.POSITIVE_INFINITY;
  const placeOf = (of = ""): number => order.get(of) ?? order.size;
  return { isBefore: (of) => placeOf(of) < wanted, isBehind: (of) => placeOf(of) > wanted };
}

async function readOrder(
  blobs: Blobs,
  { id, gen }: Pick<DropState, "id" | "gen">,
): Promise<ReadonlyMap<string, number>> {
  const table = await StoredTable.open(blobs, paths.reportCsv(id, gen, "mailboxes"));
  const order = new Map<string, number>();
  for await (const { cells } of table?.rowsFrom(0, table.sizeInBytes) ?? []) order.set(cells[0] ?? "", order.size);
  return order;
}

function toTableItem([
  key = "",
  chatDay = "",
  source = "",
  mailbox = "",
  outcome = "",
  reason = "",
]: readonly string[]): ShownItem {
  return {
    ...{ key, source, outcome },
    ...(chatDay === "" ? {} : { chatDay }),
    ...(mailbox === "" ? {} : { mailbox }),
    ...(reason === "" ? {} : { reason }),
  };
}

function toFailedItem([key = "", source = "", mailbox = "", reason = ""]: readonly string[]): ShownItem {
  return { key, source, mailbox, outcome: "failed", reason };
}

/** A page of a running generation's items, out of its work lists and its index. A list that cannot be read hides no other. */
export async function pageRunningItems(
  blobs: Blobs,
  drop: DropState,
  filter: ItemFilter,
  { limit, from }: { readonly limit: number; readonly from?: ItemPlace | undefined },
): Promise<ItemPage> {
  const page = new PageOfItems(filter, limit);
  const isGathered = hasReached(drop.state, "gathered");
  const inIndex = from?.in === "index" ? from : undefined;
  if (isGathered && inIndex === undefined) {
    const next = await takeFromWork(blobs, drop, page, from?.in === "work" ? from : undefined);
    if (next !== undefined) return page.toPage(next);
  }
  const withOpen = inIndex?.withOpen ?? !isGathered;
  // With a mailbox given there is nothing of nobody's.
  if (filter.mailbox !== undefined && !withOpen) return page.toPage();
  return page.toPage(await takeFromIndex(blobs, drop, page, { ...(inIndex ?? { chunk: 0, row: 0 }), withOpen }));
}

async function takeFromWork(
  blobs: Blobs,
  drop: DropState,
  page: PageOfItems,
  from: { readonly mailbox: number; readonly row: number } = { mailbox: 0, row: 0 },
): Promise<ItemPlace | undefined> {
  const listed: ListedMailbox[] = [];
  for await (const one of listMailboxes(blobs, drop)) listed.push(one);
  let opened = 0;
  for (const [place, one] of listed.entries()) {
    if (place < from.mailbox || !page.wantsMailbox(one.mailbox)) continue;
    if (opened === mostMailboxes) return { in: "work", mailbox: place, row: 0 };
    opened += 1;
    const row = await takeRows(page, listRowsOfMailbox(blobs, drop, one), place === from.mailbox ? from.row : 0, () =>
      paths.work(drop.id, drop.gen, one.mailbox),
    );
    if (row !== undefined) return { in: "work", mailbox: place, row };
  }
  return undefined;
}

async function takeFromIndex(
  blobs: Blobs,
  drop: DropState,
  page: PageOfItems,
  from: { readonly chunk: number; readonly row: number; readonly withOpen: boolean },
): Promise<ItemPlace | undefined> {
  const { withOpen } = from;
  const chunks = await listIndexed(blobs, drop);
  for (const [chunk, path] of chunks.entries()) {
    if (chunk < from.chunk || !page.wantsChunk(path)) continue;
    const begin = chunk === from.chunk ? from.row : 0;
    const row = await takeRows(page, listIndexRows(blobs, path, withOpen), begin, () => path);
    if (row !== undefined) return { in: "index", chunk, row, withOpen };
  }
  return undefined;
}

/** @returns the row at which the next page goes on; undefined when all were taken */
async function takeRows(
  page: PageOfItems,
  batches: AsyncIterable<readonly Row[]>,
  from: number,
  pathOf: () => ReturnType<typeof paths.work>,
): Promise<number | undefined> {
  let place = 0;
  try {
    for await (const rows of batches) {
      for (const row of rows) {
        place += 1;
        if (place > from && page.take(row)) return place;
      }
    }
  } catch (error) {
    const fault = toUnreadable(pathOf(), error);
    if (fault === undefined) throw error;
    page.unreadable.push(fault);
  }
  return undefined;
}

/** A page that is being filled. */
class PageOfItems {
  readonly unreadable: Unreadable[] = [];
  readonly #filter: ItemFilter;
  readonly #limit: number;
  readonly #items: ShownItem[] = [];
  #rows = 0;

  constructor(filter: ItemFilter, limit: number) {
    this.#filter = filter;
    this.#limit = limit;
  }

  /** @returns whether the page ends with this row */
  take(row: Row): boolean {
    const item = toTableItem(row.map((cell) => String(cell ?? "")));
    this.#rows += 1;
    if (isWanted(item, this.#filter)) this.#items.push(item);
    return this.#items.length === this.#limit || this.#rows === mostRows;
  }

  wantsMailbox(mailbox: MailboxId): boolean {
    return this.#filter.mailbox === undefined || this.#filter.mailbox === mailbox;
  }

  wantsChunk(path: string): boolean {
    return this.#filter.file === undefined || path.includes(`/${this.#filter.file}/`);
  }

  toPage(next?: ItemPlace): ItemPage {
    return { items: this.#items, ...(next === undefined ? {} : { next }), unreadable: this.unreadable };
  }
}

function isWanted({ key, outcome, mailbox, source }: ShownItem, filter: ItemFilter): boolean {
  if (filter.key !== undefined && key !== filter.key) return false;
  if (filter.outcome !== undefined && outcome !== filter.outcome) return false;
  if (filter.mailbox !== undefined && mailbox !== filter.mailbox) return false;
  return filter.file === undefined || source.startsWith(`${filter.file}:`);
}
