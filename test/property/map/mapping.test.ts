import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { folded } from "../../../shared/chat/chat-item.ts";
import { imId, mailboxAddress } from "../../../shared/chat/identifiers.ts";
import { parseMapping } from "../../../shared/map/mapping.ts";
import { toMappingCsv } from "../../../shared/map/mapping-csv.ts";

const cell = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.string({ unit: fc.constantFrom("'", "=", "+", '"', ",", "a") }),
  )
  .map((text) => text.replaceAll(/\p{Cc}/gu, "").trim())
  .filter((text) => imId.safeParse(text).success);
const local = fc.string({ unit: fc.constantFrom("a", "b", "+", "-", "'", "=", "."), minLength: 1, maxLength: 12 });
const entry = fc.record(
  {
    imId: cell.map((text) => imId.parse(text)),
    mailbox: local.map((text) => mailboxAddress.parse(`${text}@b.example`)),
  },
  { noNullPrototype: true },
);

function* inPieces(bytes: Buffer, sizeInBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += sizeInBytes) yield bytes.subarray(at, at + sizeInBytes);
}

test("a downloaded mapping can be uploaded as it is, in whatever pieces it arrives", async () => {
  const entries = fc.uniqueArray(entry, { selector: ({ imId: id }) => folded(id) });
  await fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 20 }), async (given, size) => {
      const parsed = await parseMapping(inPieces(Buffer.from(toMappingCsv(given)), size));
      assert.ok(parsed.isValid, "there are faults");
      const read = [...parsed.mapping.entries.values()].map(({ imId: id, mailbox }) => ({ imId: id, mailbox }));
      assert.deepEqual(read, given);
    }),
  );
});

test("bytes of any kind give a mapping or faults, never an exception, and the lines are the file's", async () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "@", "\ufeff", "\0") })
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (bytes, withHeader) => {
      const text = Buffer.concat([Buffer.from(withHeader ? "ImId,Mailbox\n" : ""), bytes]);
      const lines = text.toString("latin1").split(/\r\n|\n|\r/).length;
      const parsed = await parseMapping([text]);
      if (parsed.isValid) return;
      assert.ok(parsed.faults.length > 0);
      for (const { line } of parsed.faults) assert.ok(line >= 1 && line <= lines);
    }),
  );
});
