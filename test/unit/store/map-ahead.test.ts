import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { mapAhead } from "../../../shared/store/map-ahead.ts";

test("keeps the order and has at most so many calls under way", async () => {
  let underWay = 0;
  let most = 0;
  const slow = async (n: number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < 5 - (n % 5); turn += 1) await setImmediate();
    underWay -= 1;
    return n * 2;
  };
  const seen: number[] = [];
  for await (const value of mapAhead(
    Array.from({ length: 30 }, (_, n) => n),
    4,
    slow,
  ))
    seen.push(value);
  assert.deepEqual(
    seen,
    Array.from({ length: 30 }, (_, n) => n * 2),
  );
  assert.equal(most, 4);
});

test("a failure comes in its turn, and a later one is not left unhandled", async () => {
  const fail = async (n: number) => {
    if (n > 0) throw new Error(`no ${n}`);
    return n;
  };
  const seen: number[] = [];
  const read = async () => {
    for await (const value of mapAhead([0, 1, 2, 3], 4, fail)) seen.push(value);
  };
  await assert.rejects(read(), /no 1/);
  await setImmediate();
  assert.deepEqual(seen, [0]);
});

test("a consumer may stop early", async () => {
  let asked = 0;
  const count = async (n: number) => {
    asked += 1;
    return n;
  };
  for await (const value of mapAhead(
    Array.from({ length: 100 }, (_, n) => n),
    3,
    count,
  ))
    if (value === 2) break;
  assert.ok(asked <= 6);
});
