import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../shared/parse/decode-text.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { inPieces } from "../../contract/parse/parsing.ts";

async function decoded(bytes: Uint8Array, ...cuts: number[]): Promise<{ text: string; first: number | undefined }> {
  let [text, first]: [string, number | undefined] = ["", undefined];
  for await (const piece of decodeText(inPieces(bytes, ...cuts))) {
    first ??= piece.offset;
    text += piece.text;
  }
  return { text, first };
}

async function faultOf(bytes: Uint8Array, ...cuts: number[]): Promise<UnparsableFile> {
  const error: unknown = await decoded(bytes, ...cuts).then(
    () => assert.fail("decoded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UnparsableFile);
  return error;
}

const words = "Grüße 🙂 €5\n";
const utf16le = Buffer.from(words, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();

test("takes UTF-8 unless the file says otherwise", async () => {
  assert.deepEqual(await decoded(Buffer.from(words)), { text: words, first: 0 });
});

test("takes the byte order mark's charset and leaves the mark out", async () => {
  assert.deepEqual(await decoded(Buffer.from(`\ufeff${words}`)), { text: words, first: 3 });
  assert.deepEqual(await decoded(Buffer.concat([Buffer.of(0xff, 0xfe), utf16le])), { text: words, first: 2 });
  assert.deepEqual(await decoded(Buffer.concat([Buffer.of(0xfe, 0xff), utf16be])), { text: words, first: 2 });
});

test("keeps a byte order mark that stands inside the text", async () => {
  assert.equal((await decoded(Buffer.from("a\ufeffb"))).text, "a\ufeffb");
});

test("knows UTF-16 without a mark by its zero bytes", async () => {
  assert.equal((await decoded(Buffer.from("<a>ü</a>", "utf16le"))).text, "<a>ü</a>");
  assert.equal((await decoded(Buffer.from("<a>ü</a>", "utf16le").swap16())).text, "<a>ü</a>");
});

test("believes an XML declaration of a single-byte charset", async () => {
  const declared = Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>\x80\xfc</a>', "latin1");
  assert.match((await decoded(declared)).text, /<a>€ü<\/a>$/);
});

test("does not believe a declaration of UTF-16 in a file of single bytes", async () => {
  const text = '<?xml version="1.0" encoding="utf-16"?><a>ü</a>';
  assert.equal((await decoded(Buffer.from(text))).text, text);
});

test("refuses charsets that it does not know, by UTF-32's mark or by name", async () => {
  assert.equal((await faultOf(Buffer.of(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0))).reason, "unsupported-charset");
  const strange = Buffer.from('<?xml version="1.0" encoding="ebcdic-zq"?><a/>');
  const fault = await faultOf(strange);
  assert.equal(fault.reason, "unsupported-charset");
  assert.doesNotMatch(fault.message, /zq/);
});

test("says at which byte a text stops being valid, wherever it is cut", async () => {
  const long = "ü".repeat(40_000);
  const broken = Buffer.concat([Buffer.from(long), Buffer.of(0xc3, 0x28), Buffer.from(long)]);
  for (const cuts of [[], [1], [80_000], [80_001], [80_002], [65_535, 80_001]]) {
    const fault = await faultOf(broken, ...cuts);
    assert.deepEqual([fault.reason, fault.offset], ["bad-bytes", 80_001], `cut at ${cuts}`);
  }
});

test("refuses what UTF-8 forbids: overlong forms, surrogates, numbers beyond Unicode", async () => {
  for (const bytes of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80]]) {
    assert.equal((await faultOf(Buffer.from([0x61, ...bytes, 0x61, 0x61, 0x61]))).reason, "bad-bytes");
  }
});

test("refuses lone surrogates in UTF-16", async () => {
  const lone = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from("a\ud800b", "utf16le")]);
  assert.equal((await faultOf(lone)).reason, "bad-bytes");
});

test("calls a file that ends inside a character truncated", async () => {
  for (const bytes of [
    Buffer.from("aü").subarray(0, 2),
    Buffer.of(0xff, 0xfe, 0x61),
    Buffer.of(0xff, 0xfe, 0x3d, 0xd8),
  ]) {
    assert.equal((await faultOf(bytes)).isTruncated, true);
  }
});

test("calls a file without a byte empty", async () => {
  assert.equal((await faultOf(Buffer.alloc(0))).reason, "empty-file");
});

test("a source may fill the same memory anew for each piece", async () => {
  const text = words.repeat(300);
  async function* refilled(size: number): AsyncGenerator<Uint8Array> {
    const memory = Buffer.alloc(size);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) {
      memory.fill(0xff);
      yield memory.subarray(0, bytes.copy(memory, 0, at, at + size));
    }
  }
  for (const size of [1, 7, 500, 1_023, 2_001]) {
    let found = "";
    for await (const piece of decodeText(refilled(size))) found += piece.text;
    assert.equal(found, text, `pieces of ${size} bytes`);
  }
});
