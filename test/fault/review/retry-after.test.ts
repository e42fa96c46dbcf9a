import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const line = { item: chatLineOf("one") };
const years = 999_999_999_000;

for (const outcome of [
  { type: "throttled", retryAfterInMs: years },
  { type: "ambiguous", wasAnswered: true, because: "status:503", retryAfterInMs: years },
] satisfies CreateOutcome[]) {
  test(`a Retry-After of thirty years (${outcome.type}) does not shut a mailbox for longer than a day`, async () => {
    const world = new ImportWorld();
    world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome } : undefined);
    await world.begin([line]);
    const startedAt = world.clock.now();
    assert.equal((await world.runToEnd()).counts.imported, 1);
    assert(world.clock.now() - startedAt <= 1.5 * 86_400_000, `${(world.clock.now() - startedAt) / 86_400_000} days`);
  });
}

test("a Retry-After of hours is kept to, whole", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = { type: "throttled", retryAfterInMs: 5 * 3_600_000 };
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome } : undefined);
  await world.begin([line]);
  const startedAt = world.clock.now();
  await world.runToEnd();
  assert(world.clock.now() - startedAt >= 5 * 3_600_000);
});

test("a Retry-After of nothing is no leave to send again at once, and again", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = { type: "throttled", retryAfterInMs: 0 };
  const times: number[] = [];
  world.mailbox.mishapOf = (creation) => {
    times.push(world.clock.now());
    return creation <= 10 ? { stores: false, outcome } : undefined;
  };
  await world.begin([line]);
  assert.equal((await world.runToEnd()).counts.imported, 1);
  const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  assert(Math.min(...waits) >= 1000, `waited ${waits}`);
});
