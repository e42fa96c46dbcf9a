import assert from "node:assert/strict";
import { test } from "node:test";
import { CsvError, parse } from "csv-parse/sync";
import fc from "fast-check";
import { type CsvRow, readCsvRows } from "../../../shared/parse/csv-rows.ts";
import { decodeText } from "../../../shared/parse/decode-text.ts";
import { splitHeader } from "../../../shared/parse/flat-columns.ts";
import { contextWith, inPieces } from "../../contract/parse/parsing.ts";

const header = ["ConversationId", "Timestamp", "ImId", "RecipientImId", "Text"];
const field = fc
  .array(
    fc.oneof(
      fc.constantFrom(",", ";", "\t", "|", '"', '""', "\r", "\n", "\r\n", "🙂", " "),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join("").toWellFormed().replaceAll("\0", ""));
/** A row of nothing but one empty field would be an empty line, which is skipped. */
const row = fc.tuple(fc.constant("c"), field, field, field, field);
const form = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  lineEnd: fc.constantFrom("\r\n", "\n", "\r"),
  quotesAll: fc.boolean(),
  endsInLineEnd: fc.boolean(),
  /** Empty lines before each row. */
  gap: fc.constantFrom(0, 0, 1, 3),
  encoding: fc.constantFrom("utf8" as const, "utf16le" as const),
});
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

function toCell(text: string, { delimiter, quotesAll }: Form): string {
  const needsQuotes = quotesAll || text.includes(delimiter) || /["\r\n]/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The file, and for each row where it begins: in bytes, and on which line. */
function toFile(
  rows: readonly (readonly string[])[],
  form: Form,
): { bytes: Buffer; starts: number[]; lines: number[] } {
  const [starts, lines]: [number[], number[]] = [[], []];
  let text = form.encoding === "utf16le" ? "\ufeff" : "";
  for (const [i, row] of [header, ...rows].entries()) {
    if (i > 0) text += form.lineEnd.repeat(1 + form.gap);
    starts.push(Buffer.byteLength(text, form.encoding));
    lines.push(1 + (text.match(/\r\n|\n|\r/g)?.length ?? 0));
    text += row.map((cell) => toCell(cell, form)).join(form.delimiter);
  }
  return { bytes: Buffer.from(text + (form.endsInLineEnd ? form.lineEnd : ""), form.encoding), starts, lines };
}

async function rowsOf(bytes: Buffer, places: readonly number[]): Promise<CsvRow[]> {
  const ends = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  const rows: CsvRow[] = [];
  for await (const some of readCsvRows(decodeText(inPieces(bytes, ...ends)), contextWith())) rows.push(...some);
  return rows;
}

test("any rows, with any delimiter, line end and quoting, are read as they were, wherever the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      form,
      fc.array(fc.nat(), { maxLength: 5 }),
      async (rows, form, places) => {
        const { bytes } = toFile(rows, form);
        const found = await rowsOf(bytes, places);
        assert.deepEqual(
          found.map(({ fields }) => fields),
          [header, ...rows],
        );
        assert.deepEqual(found, await rowsOf(bytes, []));
      },
    ),
    { numRuns: 200 },
  );
});

test("each row is told with the line on which it begins, and with a place at or before it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), form, async (rows, form) => {
      const { bytes, starts, lines } = toFile(rows, { ...form, lineEnd: form.lineEnd === "\r" ? "\n" : form.lineEnd });
      const found = await rowsOf(bytes, []);
      assert.deepEqual(
        found.map(({ line }) => line),
        lines,
      );
      for (const [i, { offset }] of found.entries()) {
        assert.ok(
          offset <= (starts[i] ?? 0) && offset > (starts[i - 1] ?? -1),
          `row ${i} at ${offset}, begins at ${starts[i]}`,
        );
      }
    }),
    { numRuns: 200 },
  );
});

test("a header is split as csv-parse splits it", () => {
  const scrap = fc.oneof(fc.constantFrom(",", ";", '"', '""', " ", "Text"), fc.string({ maxLength: 3 }));
  const line = fc.array(scrap, { maxLength: 8 }).map((scraps) => scraps.join("").replaceAll(/[\r\n]/g, ""));
  fc.assert(
    fc.property(line, fc.constantFrom("," as const, ";" as const), (line, delimiter) => {
      assert.deepEqual(splitHeader(line, delimiter), splitByCsvParse(line, delimiter));
    }),
    { numRuns: 1_000 },
  );
});

function splitByCsvParse(line: string, delimiter: string): string[] {
  try {
    const rows: string[][] = parse(line, { delimiter });
    return rows[0] ?? [];
  } catch (error) {
    assert.ok(error instanceof CsvError, String(error));
    return [];
  }
}
