import { type FieldNames, type FlatField, flatFields } from "./profile.ts";
import { UnparsableFile } from "./unparsable-file.ts";

/** Which columns of a flat-csv hold which field. */
export type Columns = ReadonlyMap<FlatField, readonly number[]>;

/** What separates the fields of a flat-csv; the one that makes sense of the header is taken. */
export const delimiters = [",", ";", "\t", "|"] as const;
/** What separates the fields of a flat-csv. */
export type Delimiter = (typeof delimiters)[number];

const repeatable: readonly FlatField[] = ["RecipientEmail", "RecipientImId", "Attachment", "AttachmentContent"];

/** Every item needs one field of each of these. */
const needed: readonly (readonly FlatField[])[] = [
  ["ConversationId"],
  ["Timestamp"],
  ["ImId", "SenderEmail"],
  ["RecipientEmail", "RecipientImId"],
  ["Text"],
];

/** Finds the fields in a header: names are compared without case and the space around them; other columns are left alone. */
export function toColumns(header: readonly string[], fieldNames: FieldNames = {}): Columns {
  const places = Map.groupBy(header.keys(), (i) => header[i]?.trim().toLowerCase() ?? "");
  const found = flatFields.map((field): [FlatField, number[]] => {
    const wanted = (fieldNames[field] ?? field).trim().toLowerCase();
    return [field, places.get(wanted) ?? []];
  });
  return new Map(found);
}

/** The fields that must be there and are not, as "A" or "A or B". */
export function missingColumns(columns: Columns): string[] {
  const isThere = (field: FlatField) => (columns.get(field)?.length ?? 0) > 0;
  return needed.filter((fields) => !fields.some(isThere)).map((fields) => fields.join(" or "));
}

/** @throws UnparsableFile `missing-column`, `repeated-column` */
export function checkColumns(columns: Columns, headerLength: number): void {
  const missing = missingColumns(columns);
  const place = { offset: 0, path: "line 1" };
  if (missing.length > 0) {
    const problem = `the header has ${headerLength} columns, but not ${missing.join(", ")}; rename them in the connector's fieldNames, or ask for them`;
    throw new UnparsableFile("missing-column", place, problem);
  }
  const repeated = flatFields.filter((field) => !repeatable.includes(field) && (columns.get(field)?.length ?? 0) > 1);
  if (repeated.length === 0) return;
  throw new UnparsableFile("repeated-column", place, `${repeated.join(", ")} may be one column only`);
}

/** The first line of a text that is not empty, without its line break; undefined when there is no line break yet. */
export function firstLine(text: string): string | undefined {
  return /^[\r\n]*([^\r\n]+)[\r\n]/.exec(text)?.[1];
}

/** The delimiter that finds most of the needed columns in a header line, the first of equals. */
export function sniffDelimiter(line: string, fieldNames?: FieldNames): Delimiter {
  const missing = delimiters.map(
    (delimiter) => missingColumns(toColumns(splitHeader(line, delimiter), fieldNames)).length,
  );
  return delimiters[missing.indexOf(Math.min(...missing))] ?? ",";
}

/**
 * The names in a header line; none when its quoting does not fit the delimiter. Not by csv-parse: every file beside a chat
 * is asked whether it is one, with each delimiter, and a beginning of 64 KiB without a line end took it half a second.
 */
export function splitHeader(line: string, delimiter: Delimiter): readonly string[] {
  const names: string[] = [];
  if (line === "") return names;
  for (let at = 0; ; ) {
    const cell = line[at] === '"' ? quotedCell(line, at) : plainCell(line, at, delimiter);
    if (cell === undefined) return [];
    names.push(cell.text);
    if (cell.end === line.length) return names;
    if (line[cell.end] !== delimiter) return [];
    at = cell.end + 1;
  }
}

/** A cell and where it ends; undefined when it is none. */
type Cell = { readonly text: string; readonly end: number } | undefined;

function plainCell(line: string, start: number, delimiter: Delimiter): Cell {
  const next = line.indexOf(delimiter, start);
  const end = next === -1 ? line.length : next;
  const text = line.slice(start, end);
  return text.includes('"') ? undefined : { text, end };
}

function quotedCell(line: string, start: number): Cell {
  const parts: string[] = [];
  for (let at = start + 1; ; ) {
    const quote = line.indexOf('"', at);
    if (quote === -1) return undefined;
    parts.push(line.slice(at, quote));
    if (line[quote + 1] !== '"') return { text: parts.join('"'), end: quote + 1 };
    at = quote + 2;
  }
}
