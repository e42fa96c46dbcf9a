import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { beginEncryptedDrop, faultless, forEach, numbersOf, outcomeOf } from "./a-drop.ts";

test("a drop without faults: each item once, the damaged file rejected, the repeated one not counted again", async () => {
  const { mailboxes, report, files, calls } = await faultless(beginEncryptedDrop);
  assert.deepEqual(mailboxes, { ann: ["hello", "noted", "reply"], bob: ["hello", "noted", "reply"], cid: [] });
  assert.deepEqual(report.equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(files, ["duplicate 0 duplicate", "rejected 0 unknown-format", "verified 1 ", "verified 3 "]);
  assert.ok(calls > 300, "the drop must exercise many calls");
});

// Every single one: node test/chaos/every-call.ts --store memory
for (const [what, stride] of [
  ["vanish", 3],
  ["throw", 9],
  ["hang", 9],
] as const) {
  for (const when of ["before", "after"] as const) {
    test(`mailboxes and report are the same whichever call ends in "${what}" ${when} its effect`, async (t) => {
      const { calls, ...expected } = await faultless(beginEncryptedDrop);
      await forEach(numbersOf(calls, stride), async (nth) => {
        const world = await beginEncryptedDrop();
        world.start(new FaultyPorts({ nth, what, when }));
        await world.runUntilQuiet();
        assert.deepEqual(await outcomeOf(world), expected);
      });
      t.diagnostic(`${calls} calls, every ${stride}.`);
    });
  }
}

test("the calls that go wrong are those of every port: site, vault, blobs, queues, directory, mailboxes", async (t) => {
  const world = await beginEncryptedDrop();
  await world.runUntilQuiet();
  const ports = Map.groupBy(world.process.ports.calls, ({ port }) => port.split(".")[0] ?? "");
  for (const port of ["site", "secrets", "blobs", "queues", "directory", "mailbox"]) assert.ok(ports.has(port), port);
  t.diagnostic([...ports].map(([port, { length }]) => `${port} ${length}`).join(", "));
});
