import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StorageClock } from "../../../shared/store/storage-clock.ts";

/** Storage's Date header at a true time: whole seconds. */
const header = (ms: number) => Math.floor(ms / 1000) * 1000;

test("a clock that agrees with storage to the second is left alone", () => {
  const clock = new StorageClock();
  assert.equal(clock.toStorageTime(5000), 5000);
  clock.observe(header(10_400), 10_390, 10_410);
  assert.equal(clock.toStorageTime(20_000), 20_000);
});

test("a clock that is wrong is put right, and is at most a second off after one reply", () => {
  for (const wrongBy of [-3_600_000, -5000, 5000, 86_400_000]) {
    const clock = new StorageClock();
    const truth = 1_780_000_000_250;
    clock.observe(header(truth), truth + wrongBy, truth + wrongBy);
    assert.ok(Math.abs(clock.toStorageTime(truth + wrongBy) - truth) <= 1000);
  }
});

test("more replies never make it worse than the bounds of each", () => {
  const reply = fc.record({
    after: fc.integer({ min: 0, max: 3000 }),
    there: fc.integer({ min: 0, max: 400 }),
    back: fc.integer({ min: 0, max: 400 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: -1e7, max: 1e7 }), fc.array(reply, { minLength: 1 }), (wrongBy, replies) => {
      const clock = new StorageClock();
      let truth = 1_780_000_000_000;
      for (const { after, there, back } of replies) {
        truth += after;
        clock.observe(header(truth + there), truth + wrongBy, truth + there + back + wrongBy);
        truth += there + back;
        assert.ok(Math.abs(clock.toStorageTime(truth + wrongBy) - truth) <= 1000 + there + back);
      }
    }),
  );
});

test("when a clock is set, it begins anew", () => {
  const clock = new StorageClock();
  clock.observe(10_000, 10_100, 10_110);
  clock.observe(20_000, 80_000, 80_010);
  assert.ok(Math.abs(clock.toStorageTime(81_000) - 21_000) <= 1000);
});
