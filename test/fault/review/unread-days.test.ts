import assert from "node:assert/strict";
import { test } from "node:test";
import { chatLineOf, ImportWorld, sentAt } from "../../support/import-world.ts";

test("items of a day that could not be read back are unchecked: a report of zero findings would say that all was seen", async () => {
  const world = new ImportWorld();
  const list = world.mailbox.listKeys.bind(world.mailbox);
  world.mailbox.listKeys = async function* (folderId, day) {
    if (day === "2026-06-03") yield* list(folderId, day);
    for (; day !== "2026-06-03"; ) yield { type: "unknown", because: "status:503" };
  };
  const next = { sentAt: sentAt + 86_400_000 };
  await world.begin([
    { item: chatLineOf("one") },
    { item: chatLineOf("two", { position: 1, ...next }) },
    { item: chatLineOf("three", { position: 2, ...next }) },
    { item: chatLineOf("two", { position: 3, ...next }) },
  ]);
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual([summary.verify.days, summary.verify.daysRead, summary.verify.unchecked], [2, 1, 2]);
});
