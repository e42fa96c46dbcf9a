import { CsvError, parse } from "csv-parse/sync";
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
  const names = header.map((name) => name.trim().toLowerCase());
  const found = flatFields.map((field): [FlatField, number[]] => {
    const wanted = (fieldNames[field] ?? field).trim().toLowerCase();
    return [field, names.flatMap((name, i) => (name === wanted ? [i] : []))];
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

/** The names in a header line; none when its quoting does not fit the delimiter. */
export function splitHeader(line: string, delimiter: Delimiter): readonly string[] {
  try {
    const rows: string[][] = parse(line, { delimiter });
    return rows[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}
