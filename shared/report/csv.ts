import { toSafeCell } from "../store/safe-cell.ts";

/** What a cell may hold; undefined is an empty cell. */
export type Cell = string | number | boolean | undefined;

/** Without it Excel takes a CSV for the system's old code page. */
const byteOrderMark = "\uFEFF";

/** Cells in the order of the columns; those that are lacking at the end are empty. */
export type Row = readonly Cell[];

/** Rows below a head line, which is there also when there is no row. They come some at a time: one by one is five times slower. */
export interface Table {
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
}

const pieceInBytes = 256 * 1024;

/**
 * A table as CSV (RFC 4180) in UTF-8, in pieces of some hundred KB: commas, CR LF, a byte order mark, and no cell that a
 * spreadsheet would run. A cell that begins with = + - @ has a ' before it.
 */
export async function* toCsv({ columns, batches }: Table): AsyncGenerator<Buffer> {
  let open = `${byteOrderMark}${toRow(columns, columns.length)}`;
  for await (const rows of batches) {
    for (const row of rows) open += toRow(row, columns.length);
    if (open.length < pieceInBytes) continue;
    yield Buffer.from(open);
    open = "";
  }
  if (open !== "") yield Buffer.from(open);
}

/** Every row has all columns: RFC 4180, 2.4. */
function toRow(cells: Row, width: number): string {
  let row = "";
  for (let i = 0; i < width; i += 1) row += (i === 0 ? "" : ",") + toCell(cells[i]);
  return `${row}\r\n`;
}

function toCell(cell: Cell): string {
  if (cell === undefined) return "";
  return typeof cell === "string" ? toSafeCell(cell) : String(cell);
}

/** A time of the report, ms since 1970, as ISO 8601 in UTC: sorts as text and is read by every spreadsheet. */
export function toTimeCell(at: number | undefined): Cell {
  return at === undefined ? undefined : new Date(at).toISOString();
}
