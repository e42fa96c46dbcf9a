import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const lines = Array.from({ length: 12 }, (_, position) => ({ item: chatLineOf(`item ${position}`, { position }) }));

/** A world whose mailbox throttles the creations numbered `which`. */
async function throttled(which: (creation: number) => boolean, outcome: CreateOutcome, given = {}) {
  const world = new ImportWorld({ itemsPerBatch: 60, ...given });
  const times: { readonly at: number; readonly isRefused: boolean }[] = [];
  world.mailbox.mishapOf = (creation) => {
    const isRefused = which(creation);
    times.push({ at: world.clock.now(), isRefused });
    return isRefused ? { stores: false, outcome } : undefined;
  };
  await world.begin(lines);
  return { world, times };
}

test("a short Retry-After is waited out inside the slice, by all lanes", async () => {
  const { world, times } = await throttled((creation) => creation === 4, { type: "throttled", retryAfterInMs: 7000 });
  await world.tryOnce();
  const refusedAt = times.find(({ isRefused }) => isRefused)?.at ?? 0;
  const later = times.slice(6).map(({ at }) => at - refusedAt);
  assert(later.length === 6 && later.every((waitInMs) => waitInMs >= 7000), `waited ${later}`);
  assert.equal(world.mailbox.items.length, 11);
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
});

test("an item that was answered by 429 is looked for before it is sent again: stored all the same, it comes once", async () => {
  for (const stores of [true, false]) {
    const { world, times } = await throttled((creation) => creation === 4, { type: "throttled", retryAfterInMs: 2000 });
    const { mishapOf } = world.mailbox;
    world.mailbox.mishapOf = (creation, item) => {
      const mishap = mishapOf(creation, item);
      return mishap && { ...mishap, stores };
    };
    world.mailbox.lagInMs = 50_000;
    const startedAt = world.clock.now();
    assert.deepEqual((await world.runToEnd()).counts, { imported: 12, partial: 0, skipped: 0, failed: 0 });
    assert.deepEqual([...new Set(Object.values(world.mailbox.counts()))], [1]);
    assert.equal(times.length, stores ? 12 : 13);
    assert(world.clock.now() - startedAt < 2 * 60_000, "it is not waited for as long as without an answer");
  }
});

test("being turned away is no try: a mailbox that is throttled for two days loses no item for it", async () => {
  const { world } = await throttled((creation) => creation < 60, { type: "throttled", retryAfterInMs: 3 * 3_600_000 });
  const startedAt = world.clock.now();
  assert.deepEqual((await world.runToEnd()).counts, { imported: 12, partial: 0, skipped: 0, failed: 0 });
  assert(world.clock.now() - startedAt > 2 * 86_400_000);
});

test("a long Retry-After ends the slice, and the next comes when it is over, whole, with jitter", async () => {
  const { world } = await throttled((creation) => creation === 4, { type: "throttled", retryAfterInMs: 240_000 });
  const startedAt = world.clock.now();
  await world.tryOnce();
  const run = await world.run();
  assert.equal(run.state, "running");
  assert.equal(run.reason, "throttled");
  assert.equal(run.nextAt, startedAt + 240_000 + 10_000 / 2);
  assert.equal(world.queues.nextVisibleAt("mailboxes"), run.nextAt);
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
  assert(world.clock.now() - startedAt < 300_000, "what was not sent is not in doubt");
});

test("a 429 without Retry-After is waited for as the setting says", async () => {
  const { world } = await throttled((creation) => creation === 1, { type: "throttled" });
  const startedAt = world.clock.now();
  await world.tryOnce();
  assert.equal(world.mailbox.items.length, 11);
  assert(world.clock.now() - startedAt >= world.settings.retryAfterInMs);
});

test("an intent that has grown old in a wait is made anew before the item is created", async () => {
  const outcome: CreateOutcome = { type: "throttled", retryAfterInMs: 70_000 };
  const { world, times } = await throttled((creation) => creation <= 3, outcome, {
    longestPauseInMs: 100_000,
    doubtWaitInMs: 900_000,
  });
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
  assert.equal(times.filter(({ isRefused }) => isRefused).length, 3);
  const files = await Promise.all(
    world.blobs
      .all()
      .filter((path) => path.startsWith("ledger/"))
      .map((path) => world.blobs.read(path)),
  );
  const ledger = files.map((file) => file?.bytes.toString()).join("");
  const intentsOf = (flag: string) => ledger.match(new RegExp(`^I\t.*\t${flag}$`, "gm"))?.length;
  assert.equal(intentsOf("new"), 21, "those that were not sent in time were intended again");
  assert.deepEqual([intentsOf("throttled"), intentsOf("again")], [3, 3]);
});

test("a mailbox that throttles for ever ends slice after slice and imports nothing twice", async () => {
  const { world } = await throttled((creation) => creation < 200, { type: "throttled", retryAfterInMs: 19_000 });
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
  assert((await world.run()).slice > 1);
});

test("a message that comes before the mailbox may be used again is put off until then", async () => {
  const { world } = await throttled((creation) => creation === 1, { type: "throttled", retryAfterInMs: 240_000 });
  await world.tryOnce();
  const creations = world.mailbox.creations;
  await world.send(1, 1);
  await world.tryOnce();
  assert.equal(world.mailbox.creations, creations);
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
});

test("a slice ends when its time is over, and the next goes on after the lines that are settled", async () => {
  const world = new ImportWorld({ sliceInMs: 1000 });
  world.mailbox.onCreate = async (moment) => {
    if (moment === "before") world.clock.turn(600);
  };
  await world.begin(lines);
  await world.tryOnce();
  const run = await world.run();
  assert.equal(run.reason, "slice-over");
  assert.equal(run.cursor, 3);
  assert.deepEqual(run.settled, { imported: 3, partial: 0, skipped: 0, failed: 0 });
  assert.equal((await world.runToEnd()).slice, 3);
  assert.equal(world.mailbox.creations, 12);
});

test("a refused token pauses the mailbox for some minutes and is an alert, not a failure of items", async () => {
  const { world } = await throttled((creation) => creation <= 3, { type: "unauthorised" });
  await world.tryOnce();
  assert.equal((await world.run()).reason, "unauthorised");
  assert.equal(world.log.of("graph.unauthorised").length, 1);
  assert.equal((await world.runToEnd()).counts.imported, 12);
});

test("a message of another slice, or of a run that is over, is out of date", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  await world.runToEnd();
  const creations = world.mailbox.creations;
  await world.send(1, 0);
  await world.send(1, 1);
  assert.equal(await world.tryOnce(), "acknowledged");
  assert.equal(await world.tryOnce(), "acknowledged");
  assert.equal(world.queues.count("mailboxes"), 0);
  assert.equal(world.mailbox.creations, creations);
});

test("a message whose mailbox another worker has comes back after two minutes", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  await world.blobs.lease("state/lock/11111111-2222-3333-4444-555555555555.0", 60_000);
  await world.tryOnce();
  assert.equal(world.mailbox.creations, 0);
  assert.equal(world.queues.nextVisibleAt("mailboxes"), world.clock.now() + 120_000);
});
