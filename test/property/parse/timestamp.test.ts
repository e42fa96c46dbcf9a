import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toChatDay } from "../../../shared/chat/identifiers.ts";
import { parseEpoch, TimestampReader } from "../../../shared/parse/timestamp.ts";

const [first, last] = [0, Date.UTC(10_000, 0) - 1];
const instant = fc.integer({ min: first, max: last });
const pad = (number: number, length = 2) => String(number).padStart(length, "0");

/** An instant as clocks at that offset (minutes east of UTC) show it; undefined where that is in no year of four digits. */
function shown(at: number, offset: number, separator: string): string | undefined {
  const local = at + offset * 60_000;
  if (local < first || local > last) return undefined;
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${new Date(local).toISOString().slice(0, 23).replace("T", separator)}${zone}`;
}

test("any instant, shown at any offset, is read as that instant", () => {
  const reader = new TimestampReader(undefined);
  const offset = fc.integer({ min: -12 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(instant, offset, fc.constantFrom("T", " "), (at, offset, separator) => {
      const text = shown(at, offset, separator);
      if (text !== undefined) assert.equal(reader.read(text), at, text);
    }),
    { numRuns: 500 },
  );
});

test("whatever a timestamp says, it is a time of a chat day or a fault", () => {
  const piece = fc.oneof(
    fc.constantFrom("9999-12-31T23:59:59", "1970-01-01T00:00:00", "-23:59", "+14:00", "Z", "0000", "T", ":", ".", "99"),
    fc.string({ maxLength: 4 }),
    fc.nat().map(String),
  );
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
  const readers = [undefined, "America/New_York", "Pacific/Apia"].map((zone) => new TimestampReader(zone));
  fc.assert(
    fc.property(text, fc.constantFrom(...readers), (text, reader) => {
      const found = reader.read(text);
      if (typeof found === "number") assert.match(toChatDay(found), /^\d{4}-\d{2}-\d{2}$/, text);
      else assert.ok(["bad-timestamp", "timestamp-without-zone", "skipped-by-summer-time"].includes(found));
    }),
    { numRuns: 1_000 },
  );
});

test("an epoch is read as seconds or milliseconds by its length alone, and nothing else is one", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String), (digits) => {
      const found = parseEpoch(digits);
      assert.equal(found !== undefined, digits.length === 10 || digits.length === 13);
      if (found !== undefined) assert.ok(found.first <= found.last && toChatDay(found.first) !== undefined);
    }),
  );
});
