import assert from "node:assert/strict";
import { test } from "node:test";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const lines = ["one", "two", "three", "four", "five", "six"].map((word, position) => ({
  item: chatLineOf(word, { position }),
}));

test("a slice's message that comes again when the run has gone on sends no second message, and creates nothing", async () => {
  const world = new ImportWorld({ sliceInMs: 1000 });
  world.mailbox.onCreate = async (moment) => {
    if (moment === "before") world.clock.turn(600);
  };
  await world.begin(lines);
  await world.tryOnce();
  assert.equal((await world.run()).slice, 1);
  const [messages, creations] = [world.queues.count("mailboxes"), world.mailbox.creations];
  // Ahead of the next slice's message, which waits until then.
  const next = world.queues.take("mailboxes", 600_000);
  await world.send(1, 0);
  assert.equal(await world.tryOnce(), "acknowledged");
  assert.deepEqual([world.queues.count("mailboxes"), world.mailbox.creations], [messages, creations]);
  next?.putBack();
  assert.equal((await world.runToEnd()).counts.imported, lines.length);
});
