import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { FakeClock } from "../../support/fake-clock.ts";

test("sleepers wake in the order of their times, and may sleep again on the way", async () => {
  const clock = new FakeClock({ startAt: 0 });
  const seen: string[] = [];
  const sleep = async (name: string, ...naps: number[]) => {
    for (const nap of naps) {
      await clock.sleep(nap);
      seen.push(`${name} ${clock.now()}`);
    }
  };
  const all = Promise.all([sleep("a", 30, 30), sleep("b", 10, 10, 100), sleep("c", 20)]);
  await clock.turn(60);
  assert.deepEqual(seen.toSorted(), ["a 30", "a 60", "b 10", "b 20", "c 20"]);
  const times = seen.map((line) => Number(line.split(" ")[1]));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(clock.now(), 60);
  assert.equal(clock.sleepers, 1);
  await clock.turn(1000);
  await all;
  assert.equal(seen.at(-1), "b 120");
});

test("a clock that turns itself makes sleeping instant", async () => {
  const clock = new FakeClock({ startAt: 0, turnsItself: true });
  await clock.sleep(3_600_000);
  assert.equal(clock.now(), 3_600_000);
});

for (const [name, clock] of [
  ["the fake clock", new FakeClock()],
  ["the system's clock", systemClock],
] as const) {
  test(`${name}: a sleep ends with the signal's reason`, async () => {
    const reason = new Error("enough");
    await assert.rejects(clock.sleep(60_000, AbortSignal.abort(reason)), reason);
    const stop = new AbortController();
    const asleep = clock.sleep(60_000, stop.signal);
    stop.abort(reason);
    await assert.rejects(asleep, reason);
  });
}

test("the system's clock sleeps about as long as it is told", async () => {
  const before = systemClock.now();
  await systemClock.sleep(30);
  const slept = systemClock.now() - before;
  assert.ok(slept >= 28 && slept < 3000, String(slept));
});
