import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";

const refused: CreateOutcome = { type: "refused", reason: "refused:400:ErrorInvalid", becauseOf: [] };
const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };
const quota: CreateOutcome = { type: "blocked", reason: "quota-exceeded", code: "ErrorQuotaExceeded" };
const lineOf = (word: string, position: number) => ({ item: chatLineOf(word, { position }) });

/**
 * A run whose first item was refused and whose second is in doubt, so that it waits; meanwhile another run comes to the
 * same item, and `second` becomes of it there.
 */
async function interleaved(second: CreateOutcome, stores = false): Promise<ImportWorld> {
  const world = new ImportWorld();
  const outcomes = [refused, second];
  world.mailbox.mishapOf = (_, { key }) => {
    if (key === keyOf("waits") && world.mailbox.creations <= 2) return { stores: false, outcome: lost };
    const outcome = key === keyOf("both") ? outcomes.shift() : undefined;
    return outcome && { stores: outcome === second && stores, outcome };
  };
  await world.begin([lineOf("both", 0), lineOf("waits", 1)]);
  await world.tryOnce();
  assert.equal((await world.run(1)).cursor, 1);
  await world.begin([lineOf("both", 0)], 2);
  while ((await world.run(2)).state === "pending") await world.tryOnce();
  return world;
}

test("a run ends though another run, between two of its slices, has failed an item that it had failed", async () => {
  const world = await interleaved(refused);
  assert.equal((await world.run(2)).state, "done");
  const run = await world.runToEnd(1);
  assert.deepEqual(run.counts, { imported: 1, partial: 0, skipped: 0, failed: 1 });
  const failed = (await world.result(1)).find((line) => line.type === "failed");
  assert.equal(failed?.reason, "refused:400:ErrorInvalid");
});

test("a run ends though another run has put an item that it had failed in doubt", async () => {
  const world = await interleaved(lost);
  const run = await world.runToEnd(1);
  assert.equal(run.state, "done");
  assert.equal(run.counts.imported + run.counts.failed + run.counts.skipped, 2);
  await world.runToEnd(2);
  assert.deepEqual(world.errors, []);
  assert.deepEqual(world.mailbox.counts(), { [keyOf("both")]: 1, [keyOf("waits")]: 1 });
});

test("a run ends though another run was stopped before an item that it had failed", async () => {
  const world = await interleaved(quota);
  assert.equal((await world.run(2)).state, "blocked");
  const run = await world.runToEnd(1);
  assert.deepEqual(run.counts, { imported: 1, partial: 0, skipped: 0, failed: 1 });
});

test("what another run has imported meanwhile counts as skipped", async () => {
  const world = await interleaved({ type: "created", graphId: "AAMk", deviations: [] }, true);
  assert.deepEqual((await world.runToEnd(1)).counts, { imported: 1, partial: 0, skipped: 1, failed: 0 });
});

test("a work list that holds a line twice has its item created once", async () => {
  const world = new ImportWorld();
  await world.begin([lineOf("one", 0), lineOf("one", 0), lineOf("two", 1)]);
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1, [keyOf("two")]: 1 });
});
