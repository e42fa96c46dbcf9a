import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids } from "../../support/small-drop.ts";

test("a day's files go the whole way: each item once in the mailbox of its sender and of every recipient", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("one.csv", csvOf([{ id: "hello", from: "ann", to: ["bob", "eve"] }, { id: "alone", from: "eve", to: ["eve"] }]));
  world.put("two.csv", csvOf([{ id: "reply", from: "bob", to: ["ann"] }]));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["hello", "reply"]);
  assert.deepEqual(world.textsIn(oids.bob), ["hello", "reply"]);
  const report = await world.report(dropOf(1));
  assert.deepEqual(report.equation, { available: 4, imported: 4, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual([report.items, report.unmappedItems, report.isBalanced], [3, 1, true]);
  assert.deepEqual(world.errors, []);
});
