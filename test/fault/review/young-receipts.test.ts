import assert from "node:assert/strict";
import { test } from "node:test";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const lines = ["one", "two", "three"].map((word, position) => ({ item: chatLineOf(word, { position }) }));

test("what was created a moment ago and is not found yet is unchecked, not missing: searches lag", async () => {
  const world = new ImportWorld();
  world.mailbox.lagInMs = 30_000;
  world.mailbox.listKeys = async function* () {
    yield { type: "value", value: [] };
  };
  await world.begin(lines);
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual([summary.verify.missing, summary.verify.unchecked], [0, 3]);
  assert.equal(world.log.of("verify.found").length, 0);
});

test("what was created an hour ago and is nowhere is missing", async () => {
  const world = new ImportWorld();
  world.mailbox.listKeys = async function* () {
    yield { type: "value", value: [] };
  };
  await world.begin(lines);
  await world.runToEnd();
  world.clock.turn(3_600_000);
  world.mailbox.items.length = 0;
  await world.begin(lines, 2);
  await world.runToEnd(2);
  const summary = (await world.result(2)).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual([summary.verify.missing, summary.verify.unchecked], [3, 0]);
});
