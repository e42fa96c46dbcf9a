import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome, LookUp } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };
const noAnswer: LookUp = { type: "unknown", because: "status:503" };
const absent: LookUp = { type: "absent" };

for (const failing of ["findByMessageId", "findByKey", "findAnywhereByKey"] as const) {
  test(`an item whose look-up ${failing} has no answer is not created again, though the others say "not there"`, async () => {
    const world = new ImportWorld();
    world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: lost } : undefined);
    for (const lookUp of ["findByMessageId", "findByKey", "findAnywhereByKey"] as const) {
      world.mailbox[lookUp] = async () => (lookUp === failing ? noAnswer : absent);
    }
    await world.begin([{ item: chatLineOf("one") }]);
    const run = await world.runToEnd();
    assert.equal(world.mailbox.items.length, 1);
    assert.deepEqual(run.counts, { imported: 0, partial: 0, skipped: 0, failed: 1 });
  });
}
