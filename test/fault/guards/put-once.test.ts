import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { commitOnce, DifferentContent, putOnce } from "../../../shared/pipeline/put-once.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const path = "routed/acme-2026-06-03-1/1/abc/00000.gz";
const lines = "one\ntwo\n";

test("the same lines may be written again, packed as another release packs them; other lines stop the stage, and the first stay", async () => {
  const blobs = new MemoryBlobs();
  const first = gzipSync(lines, { level: 9 });
  await putOnce(blobs, path, first);
  await putOnce(blobs, path, gzipSync(lines, { level: 1 }));
  for (const other of ["one\n", "one\ntwo\nthree\n", "two\none\n"]) {
    await assert.rejects(putOnce(blobs, path, gzipSync(other)), DifferentContent);
  }
  assert.deepEqual((await blobs.read(path))?.bytes, first);
});

test("a plaintext that is there with other content goes, loudly, and the next try finds the place free", async () => {
  const blobs = new MemoryBlobs();
  const put = async (text: string): Promise<void> => {
    const writer = blobs.writer(path);
    await writer.write(Buffer.from(text));
    await commitOnce(blobs, writer, path);
  };
  await put(lines);
  await put(lines);
  await assert.rejects(put("other"), DifferentContent);
  await put("other");
  assert.equal((await blobs.read(path))?.bytes.toString(), "other");
});
