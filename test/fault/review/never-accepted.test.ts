import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";

const answered: CreateOutcome = { type: "ambiguous", wasAnswered: true, because: "status:500" };
const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };
const lines = ["one", "poison", "three"].map((word, position) => ({ item: chatLineOf(word, { position }) }));

for (const [what, outcome] of [
  ["a 500", answered],
  ["a lost connection", lost],
] as const) {
  test(`an item that each time is answered by ${what} and never stored is failed after a day, and the run ends`, async () => {
    const world = new ImportWorld({ doubtLimitInMs: 3_600_000 });
    world.mailbox.mishapOf = (_, { key }) => (key === keyOf("poison") ? { stores: false, outcome } : undefined);
    await world.begin(lines);
    const startedAt = world.clock.now();
    const run = await world.runToEnd();
    assert.deepEqual(run.counts, { imported: 2, partial: 0, skipped: 0, failed: 1 });
    const failed = (await world.result()).find((line) => line.type === "failed");
    assert.equal(failed?.reason, "never-accepted");
    assert(world.clock.now() - startedAt >= world.settings.doubtLimitInMs);
    assert.equal(world.mailbox.items.length, 2);

    world.mailbox.mishapOf = () => undefined;
    await world.begin(lines, 2);
    assert.deepEqual((await world.runToEnd(2)).counts, { imported: 1, partial: 0, skipped: 2, failed: 0 });
  });
}

test("in a run that is older than the limit an item whose first creation was doubtful is created again all the same", async () => {
  const world = new ImportWorld({ doubtLimitInMs: 3_600_000 });
  world.mailbox.mishapOf = (creation) =>
    creation <= 2 ? { stores: false, outcome: { type: "unauthorised" } } : undefined;
  await world.begin(lines.slice(0, 1));
  await world.tryOnce();
  world.clock.turn(2 * 3_600_000);
  world.mailbox.mishapOf = (creation) => (creation === 2 ? { stores: false, outcome: answered } : undefined);
  assert.deepEqual((await world.runToEnd()).counts, { imported: 1, partial: 0, skipped: 0, failed: 0 });
});
