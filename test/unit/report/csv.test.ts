import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { type Row, type Table, toCsv } from "../../../shared/report/csv.ts";

async function textOf(table: Table): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of toCsv(table)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

test("a table opens with the mark by which Excel knows UTF-8, ends each line with CR LF, and has its head line without any row", async () => {
  assert.equal(await textOf({ columns: ["a", "b"], batches: [] }), "\uFEFFa,b\r\n");
  const batches = [[["x", 1]], [], [[undefined, true]]];
  assert.equal(await textOf({ columns: ["a", "b"], batches }), "\uFEFFa,b\r\nx,1\r\n,true\r\n");
});

test("whatever a cell holds, a strict reader gets it back, but for the mark before what a spreadsheet would run", async () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("=1+1", "-2", "+a", "@b", '"', "a,b", "\r\n", "'=x"),
  );
  const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const text = await textOf({ columns: ["a", "b", "c"], batches: [given] });
      const read: string[][] = parse(text, { bom: true, record_delimiter: "\r\n" });
      const expected = given.map((row) => row.map((one) => (/^'*[=+\-@\t\r]/.test(one) ? `'${one}` : one)));
      assert.deepEqual(
        read.slice(1),
        expected.map((row) => row.map((one) => Buffer.from(one).toString())),
      );
    }),
    { numRuns: 300 },
  );
});

test("no cell of an export begins with what a spreadsheet runs", async () => {
  const rows: Row[] = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"].map((one) => [one]);
  const read: string[][] = parse(await textOf({ columns: ["a"], batches: [rows] }), { bom: true });
  for (const [cell = ""] of read.slice(1)) assert.match(cell, /^'/);
});

test("a table of any length is made piece by piece", async () => {
  async function* batches(): AsyncGenerator<Row[]> {
    for (let i = 0; i < 200; i += 1) yield Array.from({ length: 1000 }, (_, n) => [`row ${i} ${n}`, "x".repeat(80)]);
  }
  const before = process.memoryUsage().heapUsed;
  let [largest, bytes, peak] = [0, 0, 0];
  for await (const piece of toCsv({ columns: ["a", "b"], batches: batches() })) {
    largest = Math.max(largest, piece.length);
    bytes += piece.length;
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
  }
  assert.ok(bytes > 15e6 && largest < 1e6, `${bytes} bytes, the largest piece ${largest}`);
  assert.ok(peak < 60e6, `${peak} bytes of heap`);
});
