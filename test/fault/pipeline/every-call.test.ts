import assert from "node:assert/strict";
import { test } from "node:test";
import { faultless, forEach, numbersOf, outcomeOf, runWith } from "./a-drop.ts";

test("a drop without faults: each item once, the damaged file rejected, the repeated one not counted again", async () => {
  const { mailboxes, report, files, calls } = await faultless();
  assert.deepEqual(mailboxes, { ann: ["hello", "noted", "reply"], bob: ["hello", "noted", "reply"], cid: [] });
  assert.deepEqual(report.equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(files, ["duplicate 0 duplicate", "rejected 0 unknown-format", "verified 1 ", "verified 3 "]);
  assert.ok(calls > 300, "the drop must exercise many calls");
});

// Every single call: node test/chaos/every-call.ts --store memory
for (const [what, stride] of [
  ["vanish", 2],
  ["throw", 6],
] as const) {
  for (const when of ["before", "after"] as const) {
    test(`mailboxes and report are the same whichever call ends in "${what}" ${when} its effect`, async (t) => {
      const { calls, ...expected } = await faultless();
      await forEach(numbersOf(calls, stride), async (nth) => {
        assert.deepEqual(await outcomeOf(await runWith({ nth, what, when })), expected);
      });
      t.diagnostic(`${calls} calls, every ${stride}.`);
    });
  }
}
