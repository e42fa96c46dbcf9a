import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReadAt, readAhead } from "../../../shared/fetch/read-ahead.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";

const wait = (piece: Promise<Buffer>) => piece;

/** A file whose answers have at most `most` bytes and come in an order of their own. */
function fileOf(content: Buffer, most = content.length): { readAt: ReadAt; widest: () => number } {
  let [open, widest] = [0, 0];
  const readAt: ReadAt = async (piece, at, length, offset) => {
    open += 1;
    widest = Math.max(widest, open);
    await new Promise((resolve) => setTimeout(resolve, (offset * 31) % 7));
    open -= 1;
    return content.copy(piece, at, offset, Math.min(offset + Math.min(length, most), content.length));
  };
  return { readAt, widest: () => widest };
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const content = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));

test("puts pieces that come out of order, and short, in order", async () => {
  for (const most of [13, 64, 1_000]) {
    const { readAt } = fileOf(content, most);
    const options = { sizeInBytes: 1_000, pieceInBytes: 64, aheadInBytes: 512, wait };
    assert.deepEqual(await collect(readAhead(readAt, options)), content);
  }
});

test("keeps as many requests under way as are asked for, and no more", async () => {
  const { readAt, widest } = fileOf(content);
  await collect(readAhead(readAt, { sizeInBytes: 1_000, pieceInBytes: 10, aheadInBytes: 80, wait }));
  assert.equal(widest(), 8);
});

test("says when the file ends too early or goes on", async () => {
  const { readAt } = fileOf(content);
  const read = (sizeInBytes: number) => collect(readAhead(readAt, { sizeInBytes, pieceInBytes: 64, wait }));
  await assert.rejects(read(1_001), (error) => error instanceof SiteError && error.reason === "file-shrank");
  await assert.rejects(read(999), (error) => error instanceof SiteError && error.reason === "file-grew");
  await assert.rejects(read(0), (error) => error instanceof SiteError && error.reason === "file-grew");
});

test("gives out what came before a failure, then the failure, once", async () => {
  const { readAt } = fileOf(content);
  const failing: ReadAt = (piece, at, length, offset) =>
    offset >= 512 ? Promise.reject(new Error("broken")) : readAt(piece, at, length, offset);
  const got: Buffer[] = [];
  const read = async () => {
    for await (const piece of readAhead(failing, { sizeInBytes: 1_000, pieceInBytes: 64, wait })) got.push(piece);
  };
  await assert.rejects(read(), /broken/);
  assert.deepEqual(Buffer.concat(got), content.subarray(0, 512));
});
