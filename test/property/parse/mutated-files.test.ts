import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { detectProfile, profiles } from "../../../shared/parse/profiles.ts";
import { scanRecords } from "../../../shared/parse/scan-records.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, inPieces } from "../../contract/parse/parsing.ts";

/** The fixtures bear this mark in every word of their chats. */
const mark = /zq/i;
const folder = new URL("../../fixtures/parse/", import.meta.url);
const fixtures = ["filedump-actiance/day.xml", "flat-csv/day.csv"].map((path) => readFileSync(new URL(path, folder)));

/** What hostile and broken programs put into files. */
const scraps = [
  ...[
    "<",
    ">",
    "&",
    "&amp;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?x?>",
    "<!DOCTYPE x>",
    "</Message>",
    "<Message>",
    "<Content>",
  ],
  ...[
    '"',
    '""',
    ",",
    ";",
    "\r",
    "\n",
    "\t",
    "\0",
    "\ufeff",
    "\u202e",
    "zqword",
    "<zqword>",
    "&zqword;",
    "999999999999999",
    "-1",
  ],
].map((scrap) => Buffer.from(scrap));
const scrap = fc.oneof(
  fc.constantFrom(...scraps),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
);

const change = fc.record({
  kind: fc.constantFrom("insert" as const, "overwrite" as const, "delete" as const, "repeat" as const, "cut" as const),
  at: fc.nat(),
  length: fc.nat({ max: 200 }),
  scrap,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Buffer, { kind, at: place, length, scrap }: Change): Buffer {
  const at = place % (bytes.length + 1);
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  if (kind === "insert") return Buffer.concat([before, scrap, bytes.subarray(at)]);
  if (kind === "overwrite") return Buffer.concat([before, scrap, bytes.subarray(at + scrap.length)]);
  if (kind === "repeat") return Buffer.concat([before, piece, piece, after]);
  return kind === "cut" ? before : Buffer.concat([before, after]);
}

/** What a file comes to: how many items, or the reason and where; detection included, as for a connector that detects. */
async function verdictOn(
  bytes: Buffer,
  places: readonly number[],
  isDetected: boolean,
  profile: (typeof profiles)[number],
): Promise<string> {
  const ends = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  try {
    const chosen = isDetected ? detectProfile(bytes) : profile;
    const scan = await scanRecords(
      chosen.parse(inPieces(bytes, ...ends), contextWith()),
      { roster: () => undefined },
      1000,
    );
    return `${scan.items} items`;
  } catch (error) {
    assert.ok(error instanceof UnparsableFile, error instanceof Error ? error.stack : String(error));
    assert.doesNotMatch(`${error.message} ${error.path} ${error.stack?.replaceAll(import.meta.url, "")}`, mark);
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, `offset ${error.offset} of ${bytes.length}`);
    return `${error.reason} at ${error.offset} ${error.path}`;
  }
}

test("whatever is done to a good file, it is read or refused with a place and without a word of it, alike wherever it is cut", async () => {
  const began = performance.now();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      fc.boolean(),
      async (which, changes, places, isDetected) => {
        const [fixture, profile] = [fixtures[which], profiles[which]];
        assert.ok(fixture !== undefined && profile !== undefined);
        const bytes = changes.reduce(changed, fixture);
        const whole = await verdictOn(bytes, [], isDetected, profile);
        assert.equal(await verdictOn(bytes, places, isDetected, profile), whole);
      },
    ),
    { numRuns: 600, endOnFailure: true },
  );
  assert.ok(performance.now() - began < 60_000, "one of them took its time");
});

test("whatever the beginning of a file is, detection finds a format or says what the file looks like, in bounded time", () => {
  const heads = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    fc.array(scrap, { maxLength: 60 }).map((scraps) => Buffer.concat(scraps)),
    fc
      .tuple(scrap, fc.integer({ min: 1, max: 65_536 }))
      .map(([scrap, length]) => Buffer.alloc(scrap.length === 0 ? 0 : length, scrap)),
  );
  fc.assert(
    fc.property(heads, (head) => {
      const began = performance.now();
      try {
        detectProfile(head);
      } catch (error) {
        assert.ok(error instanceof UnparsableFile, String(error));
        assert.doesNotMatch(error.message.replace(/root element \S+/, ""), mark);
        assert.ok(error.message.length < 500);
      }
      assert.ok(performance.now() - began < 500, "detection took its time");
    }),
    { numRuns: 400, endOnFailure: true },
  );
});
