import type { ParsedRecord } from "../chat/chat-item.ts";
import { type CsvRow, readCsvRows } from "./csv-rows.ts";
import { decodeText } from "./decode-text.ts";
import {
  type Columns,
  checkColumns,
  firstLine,
  missingColumns,
  sniffDelimiter,
  splitHeader,
  toColumns,
} from "./flat-columns.ts";
import { FlatItems, type FlatRecord } from "./flat-record.ts";
import type { FieldNames, FlatField, ParseContext, Profile } from "./profile.ts";

/** One record a message, RFC 4180, with ICE's documented names or those of the connector's settings (docs/formats.md). */
export const flatCsv = {
  name: "flat-csv",

  recognises(head: string, fieldNames?: FieldNames): boolean {
    const line = firstLine(head) ?? head;
    return missingColumns(toColumns(splitHeader(line, sniffDelimiter(line, fieldNames)), fieldNames)).length === 0;
  },

  async *parse(bytes: AsyncIterable<Uint8Array>, context: ParseContext): AsyncGenerator<ParsedRecord> {
    const items = new FlatItems(context);
    let columns: Columns | undefined;
    for await (const rows of readCsvRows(decodeText(bytes), context)) {
      for (const row of rows) {
        if (columns === undefined) columns = toCheckedColumns(row, context.fieldNames);
        else yield { type: "item", item: await items.toItem(toFlatRecord(row, columns)) };
      }
    }
    checkColumns(columns ?? new Map(), 0);
  },
} as const satisfies Profile;

function toCheckedColumns(header: CsvRow, fieldNames: FieldNames | undefined): Columns {
  const columns = toColumns(header.fields, fieldNames);
  checkColumns(columns, header.fields.length);
  return columns;
}

function toFlatRecord(row: CsvRow, columns: Columns): FlatRecord {
  return {
    offset: row.offset,
    values: (field: FlatField) => (columns.get(field) ?? []).map((column) => row.fields[column] ?? ""),
    placeOf: (field: FlatField) => ({ offset: row.offset, path: `line ${row.line}, column ${field}` }),
  };
}
