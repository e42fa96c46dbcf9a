import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import {
  cutLines,
  fromGzip,
  holdSameBytes,
  LineBuffer,
  readLineBlocks,
  readLines,
  toGzip,
  toGzipLines,
} from "../../../shared/store/lines.ts";

async function* inPieces(bytes: Buffer, sizeInBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += sizeInBytes) yield bytes.subarray(at, at + sizeInBytes);
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const one of lines) found.push(one);
  return found;
}

const line = fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\n", " "));

test("lines come back as they were, whatever the members and the pieces they arrive in", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line), { minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      async (parts, size) => {
        const bytes = Buffer.concat(parts.map(toGzipLines));
        assert.deepEqual(await all(readLines(inPieces(bytes, size))), parts.flat());
      },
    ),
    { numRuns: 60 },
  );
});

test("a line larger than any buffer comes whole, characters of four bytes included", async () => {
  const long = "a😀".repeat(100_000);
  const read = await all(readLines(inPieces(toGzipLines(["x", long, "y"]), 7919)));
  assert.deepEqual(read, ["x", long, "y"]);
});

test("blocks hold whole lines", async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i}:${"z".repeat(i % 300)}`);
  for await (const block of readLineBlocks(inPieces(toGzipLines(lines), 4096))) assert.equal(block.at(-1), 0x0a);
});

test("a last line without its line feed is a line", async () => {
  const bytes = Buffer.concat([toGzipLines(["a"]), toGzip(Buffer.from("b"))]);
  assert.deepEqual(await all(readLines(inPieces(bytes, 100))), ["a", "b"]);
});

test("a blob that was cut off is an error and not a shorter list", async () => {
  const bytes = Buffer.concat([toGzipLines(["a"]), toGzipLines(["b"])]);
  for (const cut of [bytes.length - 1, bytes.length - 9, bytes.length - 15]) {
    await assert.rejects(all(readLines(inPieces(bytes.subarray(0, cut), 100))));
  }
  await assert.rejects(all(readLines(inPieces(Buffer.alloc(0), 100))));
});

test("a source that fails makes the reading fail", async () => {
  const fault = new Error("storage is away");
  async function* failing(): AsyncGenerator<Buffer> {
    yield toGzipLines(["a"]);
    throw fault;
  }
  await assert.rejects(all(readLines(failing())), fault);
});

test("a reader that stops early ends the source", async () => {
  let isEnded = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield toGzipLines(["a".repeat(100_000)]);
    } finally {
      isEnded = true;
    }
  }
  for await (const _ of readLines(source())) break;
  await new Promise(setImmediate);
  assert.ok(isEnded);
});

test("the same lines give the same bytes, with neither time nor system in them", () => {
  const bytes = toGzipLines(["a", "b"]);
  assert.deepEqual(bytes, toGzipLines(["a", "b"]));
  assert.deepEqual([...bytes.subarray(4, 8), bytes[9]], [0, 0, 0, 0, 255]);
});

test("what was packed differently still holds the same", () => {
  const lines = ["one", "two"];
  const inMembers = Buffer.concat(lines.map((one) => toGzipLines([one])));
  assert.ok(holdSameBytes(inMembers, toGzipLines(lines)));
  assert.ok(!holdSameBytes(inMembers, toGzipLines(["one", "too"])));
});

test("lines that are collected in a buffer make the same gzip as lines in a list, whatever room it has", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(line, line)), fc.integer({ min: 1, max: 500 }), (lines, room) => {
      const buffer = new LineBuffer(room);
      for (const [text, tail] of lines) buffer.add(text, Buffer.from(tail));
      assert.equal(buffer.lines, lines.length);
      const wanted = lines.map(([text, tail]) => Buffer.concat([Buffer.from(text), Buffer.from(tail)]));
      assert.deepEqual(
        gunzipSync(buffer.takeGzip()),
        Buffer.concat(wanted.map((one) => Buffer.concat([one, Buffer.from("\n")]))),
      );
      assert.equal(buffer.lines, 0);
      assert.equal(fromGzip(buffer.takeGzip()).length, 0, "it is empty then");
    }),
    { numRuns: 200 },
  );
});

test("what was taken out of a buffer stays as it was when more is put in", () => {
  const buffer = new LineBuffer();
  buffer.add("first");
  const first = buffer.takeGzip();
  buffer.add("other");
  assert.deepEqual([fromGzip(first).toString(), fromGzip(buffer.takeGzip()).toString()], ["first\n", "other\n"]);
});

test("bytes are cut into lines; empty ones are left out, and the last may have no line feed", () => {
  const cut = (text: string): string[] => [...cutLines(Buffer.from(text))].map(String);
  assert.deepEqual(cut("a\nbé\n"), ["a", "bé"]);
  assert.deepEqual(cut("\na\n\nb"), ["a", "b"]);
  assert.deepEqual(cut(""), []);
});

test("a large gzip is uncompressed whole, and half of one is an error", () => {
  const text = Buffer.from("0123456789abcdef".repeat(400_000));
  const gzip = toGzip(text);
  assert.ok(fromGzip(gzip).equals(text));
  assert.throws(() => fromGzip(gzip.subarray(0, gzip.length / 2)), /unexpected end/);
});
