import assert from "node:assert/strict";
import { test } from "node:test";
import { OccurrenceCounter } from "../../../shared/chat/occurrence-counter.ts";

test("each fingerprint is counted by itself, from 1", () => {
  const counter = new OccurrenceCounter();
  assert.deepEqual(
    [1n, 2n, 1n, 1n, 2n].map((one) => counter.next(one)),
    [1, 1, 2, 3, 2],
  );
});

test("counts survive growth and fingerprints that want the same place, and 0 is one like any other", () => {
  const counter = new OccurrenceCounter();
  const known = new Map<bigint, number>();
  for (let n = 0; n < 30_000; n += 1) {
    // Every sixth one falls into the same slot of any table.
    const fingerprint = n % 6 === 0 ? BigInt(n) << 32n : BigInt(n % 7919);
    const expected = (known.get(fingerprint) ?? 0) + 1;
    known.set(fingerprint, expected);
    if (counter.next(fingerprint) !== expected) assert.fail(`fingerprint ${fingerprint} after ${n}`);
  }
});

test("a new conversation begins from 1", () => {
  const counter = new OccurrenceCounter();
  counter.next(5n);
  counter.clear();
  assert.equal(counter.next(5n), 1);
});

test("a large conversation makes the many small ones behind it no slower", () => {
  const counter = new OccurrenceCounter();
  for (let n = 0n; n < 300_000n; n += 1n) counter.next(n);
  const began = performance.now();
  for (let n = 0; n < 20_000; n += 1) {
    counter.clear();
    assert.equal(counter.next(1n), 1);
  }
  assert.ok(performance.now() - began < 1_000, `${Math.round(performance.now() - began)} ms`);
});
