import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";

const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };
const lines = ["one", "two", "three"].map((word, position) => ({ item: chatLineOf(word, { position }) }));

test("a worker that has lost its lock writes no result: what it was told long ago does not end the run of another", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const zombieDeps = world.depsOf();
  const zombie = importMailbox(
    {
      ...zombieDeps,
      mailboxOf: (oid) =>
        new Proxy(zombieDeps.mailboxOf(oid), {
          get: (target, name) => {
            if (name !== "rootId") return Reflect.get(target, name);
            ask();
            return () => gate.then(() => ({ type: "blocked", reason: "access-denied", code: "ErrorAccessDenied" }));
          },
        }),
    },
    world.taskOf(),
  );
  await asked;
  world.clock.turn(61_000);
  // The app has been let in meanwhile; one item stays in doubt, so the run goes on.
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome: lost } : undefined);
  await world.tryOnce();
  assert.equal((await world.run()).counts.imported, 2);
  open();
  assert.deepEqual(await zombie, { outcome: "put-off", because: "overtaken" });
  assert.deepEqual((await world.runToEnd()).counts, { imported: 3, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(world.mailbox.counts(), Object.fromEntries(["one", "two", "three"].map((word) => [keyOf(word), 1])));
});
