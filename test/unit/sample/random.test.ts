import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";

test("a seed gives the same numbers on every machine and in every release", () => {
  const random = new Random("1");
  assert.deepEqual([random.bits(), random.bits(), random.bits()], [2_901_284_457, 4_216_319_594, 1_064_894_088]);
});

test("whole numbers reach both bounds and nothing beyond", () => {
  const random = new Random("bounds");
  const seen = new Set(Array.from({ length: 1_000 }, () => random.int(3, 6)));
  assert.deepEqual(seen, new Set([3, 4, 5, 6]));
});

test("another order has the same members", () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = new Random("order").shuffled(list);
  assert.notDeepEqual(shuffled, list);
  assert.deepEqual(
    shuffled.toSorted((a, b) => a - b),
    list,
  );
});

test("nothing can be picked from an empty list", () => {
  assert.throws(() => new Random("x").pick([]), RangeError);
});
