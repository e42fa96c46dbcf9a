import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DropShelf } from "../../../shared/pipeline/drop-shelf.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { ids } from "../../support/import-world.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

let now: number;
let reads: () => number;
let shelf: DropShelf;

beforeEach(() => {
  now = 1_000_000;
  const ports = new FaultyPorts();
  reads = () => ports.calls.length;
  shelf = new DropShelf({ blobs: ports.wrap("blobs", new MemoryBlobs()), clock: { now: () => now }, keptInMs: 15_000 });
});

test("what all runs of a drop ask for is read once in a while", async () => {
  assert.deepEqual(await Promise.all([shelf.generationOf(ids.drop), shelf.generationOf(ids.drop)]), [
    undefined,
    undefined,
  ]);
  const once = reads();
  now += 14_999;
  await shelf.generationOf(ids.drop);
  assert.equal(reads(), once);
  now += 1;
  await shelf.generationOf(ids.drop);
  assert.equal(reads(), 2 * once);
});

test("a clock that is set back does not keep it", async () => {
  await shelf.generationOf(ids.drop);
  const once = reads();
  now -= 3_600_000;
  await shelf.generationOf(ids.drop);
  assert.equal(reads(), 2 * once);
});

test("what could not be read is asked for again", async () => {
  await assert.rejects(shelf.factsOf(ids.drop), /no record of drop/);
  const once = reads();
  await assert.rejects(shelf.factsOf(ids.drop), /no record of drop/);
  assert.equal(reads(), 2 * once);
});
