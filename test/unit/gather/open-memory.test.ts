import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenMemory } from "../../../shared/gather/open-memory.ts";

test("a buffer is the smallest power of two that holds what is needed", () => {
  const memory = new OpenMemory(512, 4096);
  assert.deepEqual(
    [1, 512, 513, 4096].map((needed) => memory.take(needed).length),
    [512, 512, 1024, 4096],
  );
});

test("what was given back is given out again, to one at a time", () => {
  const memory = new OpenMemory(512, 4096);
  const first = memory.take(600);
  memory.giveBack(first);
  const again = memory.take(1000);
  assert.equal(again.buffer, first.buffer);
  assert.notEqual(memory.take(1000).buffer, first.buffer);
});

test("what is larger than the largest is of its own size and not kept", () => {
  const memory = new OpenMemory(512, 4096);
  const large = memory.take(5000);
  assert.equal(large.length, 5000);
  memory.giveBack(large);
  assert.notEqual(memory.take(5000).buffer, large.buffer);
});
