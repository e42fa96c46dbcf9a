import assert from "node:assert/strict";
import { test } from "node:test";
import { generateDrop } from "../../../local/sample/generate-drop.ts";

/** Peak of the heap over a run, in MB above its start. */
async function growthInMb(run: (look: () => void) => Promise<void>): Promise<number> {
  const start = process.memoryUsage();
  let peak = 0;
  await run(() => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    peak = Math.max(peak, heapUsed + arrayBuffers - start.heapUsed - start.arrayBuffers);
  });
  return peak / 1e6;
}

for (const format of ["filedump-actiance", "flat-csv"] as const) {
  test(`200,000 messages of ${format} cost no memory of their own`, async () => {
    const drop = generateDrop({ messages: 200_000, users: 400, format });
    let bytes = 0;
    const written = await growthInMb(async (look) => {
      for (const file of drop.files) {
        let pieces = 0;
        for await (const piece of file.open()) {
          bytes += piece.length;
          if (++pieces % 20 === 0) look();
        }
      }
    });
    let items = 0;
    const expected = await growthInMb(async (look) => {
      for (const _ of drop.expected.items()) if (++items % 2_000 === 0) look();
    });
    assert.ok(bytes > 30_000_000, `${bytes} bytes`);
    assert.equal(items, 200_000);
    assert.ok(written < 120, `writing took ${written} MB`);
    assert.ok(expected < 120, `expecting took ${expected} MB`);
  });
}
