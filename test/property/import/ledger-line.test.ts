import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { importKey } from "../../../shared/chat/identifiers.ts";
import {
  generation,
  intentFlag,
  type LedgerLine,
  parseLedgerLine,
  receiptMark,
  source,
  toLedgerText,
} from "../../../shared/import/ledger-line.ts";

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => importKey.parse(Buffer.from(bytes).toString("base64url")));
const at = fc.integer({ min: 0, max: 4_102_444_800_000 });
const writer = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,30}$/);
const from = fc.stringMatching(/^[0-9a-v]{20}:\d{1,9}$/).map((text) => source.parse(text));
const of = fc.constantFrom("acme-2026-06-03-1/1", "a-1-2026-12-31-9999/77").map((text) => generation.parse(text));
const count = fc.nat({ max: 999_999_999 });
const line: fc.Arbitrary<LedgerLine> = fc.oneof(
  fc.record({ type: fc.constant("B" as const), writer, seq: count }),
  fc.record({ type: fc.constant("F" as const), writer, slice: count }),
  fc.record({ type: fc.constant("E" as const), next: count }),
  fc.record({
    type: fc.constant("I" as const),
    key,
    at,
    flag: fc.constantFrom(...intentFlag.options),
  }),
  fc.record({
    type: fc.constant("R" as const),
    key,
    outcome: fc.constantFrom("imported" as const, "partial" as const),
    marks: fc.subarray([...receiptMark.options]),
    graphId: fc.stringMatching(/^[A-Za-z0-9_=+/-]{1,200}$/),
    at,
    generation: of,
    source: from,
  }),
  fc.record({
    type: fc.constant("X" as const),
    key,
    reason: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/),
    at,
    generation: of,
    source: from,
  }),
);

test("a line that is written is read as the same line", () => {
  fc.assert(fc.property(line, (one) => assert.deepEqual(parseLedgerLine(toLedgerText(one)), { ...one })));
});

test("a line that lost or gained a character anywhere is another line or none, never the same", () => {
  fc.assert(
    fc.property(line, fc.nat(), fc.constantFrom("", "\t", "x", " "), (one, place, put) => {
      const text = toLedgerText(one);
      const cut = place % text.length;
      const changed = text.slice(0, cut) + put + text.slice(cut + 1);
      const read = parseLedgerLine(changed);
      if (changed !== text && read !== undefined) assert.notDeepEqual(read, { ...one });
    }),
  );
});

test("a line is refused at writing when it could not be read again", () => {
  const bad: LedgerLine = { type: "B", writer: "tab\tinside", seq: 1 };
  assert.throws(() => toLedgerText(bad), /does not fit/);
});
