import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { fromBufferPromise } from "yauzl";
import { toFileBytes } from "../../../local/sample/file-bytes.ts";

for (const type of ["pdf", "png", "xlsx"] as const) {
  test(`a ${type} is of about the size asked for, and the same each time`, () => {
    for (const sizeInBytes of [2_000, 50_000, 3_200_000]) {
      const bytes = toFileBytes({ type, seed: "a", sizeInBytes });
      assert.ok(Math.abs(bytes.length - sizeInBytes) < sizeInBytes * 0.2 + 200, `${bytes.length} for ${sizeInBytes}`);
      assert.ok(bytes.equals(toFileBytes({ type, seed: "a", sizeInBytes })));
      assert.ok(!bytes.equals(toFileBytes({ type, seed: "b", sizeInBytes })));
    }
  });
}

test("a pdf's cross-reference table leads to its objects", () => {
  const text = toFileBytes({ type: "pdf", seed: "a", sizeInBytes: 5_000 }).toString("latin1");
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  const offsets = [...text.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  assert.equal(offsets.length, 6);
  offsets.forEach((offset, i) => {
    assert.ok(text.slice(offset).startsWith(`${i + 1} 0 obj\n`));
  });
});

test("a png holds as many pixels as it says", () => {
  const bytes = toFileBytes({ type: "png", seed: "a", sizeInBytes: 5_000 });
  const rows = bytes.readUInt32BE(20);
  const length = bytes.readUInt32BE(33);
  assert.equal(inflateSync(bytes.subarray(41, 41 + length)).length, rows * 65);
});

test("an xlsx is a zip whose checksums are right", async () => {
  const zip = await fromBufferPromise(toFileBytes({ type: "xlsx", seed: "a", sizeInBytes: 5_000 }));
  const names: string[] = [];
  for await (const entry of zip.eachEntry()) {
    for await (const _ of await zip.openReadStreamPromise(entry));
    names.push(entry.fileName);
  }
  assert.deepEqual(names, [
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sheet1.xml",
  ]);
});
