import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeText } from "../../../shared/parse/decode-text.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { inPieces } from "../../contract/parse/parsing.ts";

/** Text, as any of the encodings that are taken can hold it; it begins with ASCII, as every chat file does. */
const body = fc
  .string({ unit: "binary", maxLength: 60 })
  .map((text) => `<a ${text.toWellFormed().replaceAll("\0", "")}`);
const repeated = fc.tuple(body, fc.constantFrom(1, 1, 1, 300, 3_000)).map(([text, times]) => text.repeat(times));
const places = fc.array(fc.nat(), { maxLength: 6 });

const bom = "\ufeff";
const encodings = {
  "UTF-8": (text: string) => Buffer.from(text),
  "UTF-8 with a mark": (text: string) => Buffer.from(bom + text),
  "UTF-16LE": (text: string) => Buffer.from(text, "utf16le"),
  "UTF-16BE with a mark": (text: string) => Buffer.from(bom + text, "utf16le").swap16(),
};

interface Decoded {
  readonly text: string;
  /** Where each piece begins. */
  readonly isPlaced: boolean;
  readonly fault: readonly unknown[] | undefined;
}

async function decode(bytes: Buffer, cuts: readonly number[], encode?: (text: string) => Buffer): Promise<Decoded> {
  const ends = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  let [text, isPlaced] = ["", true];
  try {
    for await (const piece of decodeText(inPieces(bytes, ...ends))) {
      isPlaced &&= encode === undefined || piece.offset === encode(text).length;
      assert.ok(piece.text.length <= 64 * 1024);
      text += piece.text;
    }
    return { text, isPlaced, fault: undefined };
  } catch (error) {
    assert.ok(error instanceof UnparsableFile, String(error));
    assert.ok(error.offset <= bytes.length);
    return { text, isPlaced, fault: [error.reason, error.offset] };
  }
}

/** The difference of two long texts would take longer to show than the test to run. */
function assertSame(found: Decoded, wanted: Decoded): void {
  assert.ok(found.text === wanted.text, "the text is another");
  assert.deepEqual([found.isPlaced, found.fault], [wanted.isPlaced, wanted.fault]);
}

for (const [name, encode] of Object.entries(encodings)) {
  test(`any text in ${name} is decoded as it was, each piece at its place, wherever the bytes are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(repeated, places, async (text, cuts) => {
        assertSame(await decode(encode(text), cuts, encode), { text, isPlaced: true, fault: undefined });
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });
}

test("any bytes decode to the same text, or to the same fault behind the same text, wherever they are cut", async () => {
  const start = fc.constantFrom(
    "",
    "<?xml version='1.0' encoding='iso-8859-7'?>",
    "<?xml version='1.0' encoding='windows-1253'?>",
    "\xff\xfe",
    "\xfe\xff",
    "\xef\xbb\xbf",
  );
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 3_000 }), places, async (start, rest, cuts) => {
      const bytes = Buffer.concat([Buffer.from(start, "latin1"), rest]);
      assertSame(await decode(bytes, cuts), await decode(bytes, []));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

test("no byte is ever replaced: what is decoded encodes to the bytes that were read", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (rest) => {
      const bytes = Buffer.concat([Buffer.from("<a>"), rest]);
      const { text } = await decode(bytes, []);
      assert.deepEqual(Buffer.from(text), bytes.subarray(0, Buffer.byteLength(text)));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
