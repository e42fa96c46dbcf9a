import assert from "node:assert/strict";
import { test } from "node:test";
import { faultless, faultsOf, outcomeOf, runWith } from "./a-drop.ts";

test("a drop without faults: each item once, the damaged file rejected, the repeated one not counted again", async () => {
  const { mailboxes, report, files, calls } = await faultless();
  assert.deepEqual(mailboxes, { ann: ["hello", "noted", "reply"], bob: ["hello", "noted", "reply"], cid: [] });
  assert.deepEqual(report.equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(report.files.map(({ state }) => state).toSorted(), [
    "duplicate",
    "rejected",
    "verified",
    "verified",
  ]);
  assert.ok(calls > 300, "the drop must exercise many calls");
});

for (const what of ["vanish", "throw"] as const) {
  for (const when of ["before", "after"] as const) {
    test(`mailboxes and report are the same when the n-th call ends in "${what}" ${when} its effect, for every n`, async (t) => {
      const { calls, ...expected } = await faultless();
      const wrong: string[] = [];
      for (const fault of faultsOf(calls, { what, when })) {
        const outcome = await runWith(fault).then(
          (world) => outcomeOf(world),
          (error: unknown) => error,
        );
        try {
          assert.deepEqual(outcome, expected);
        } catch {
          wrong.push(`${fault.nth}: ${outcome instanceof Error ? outcome.message : JSON.stringify(outcome)}`);
        }
      }
      t.diagnostic(`${calls} calls`);
      assert.deepEqual(wrong, []);
    });
  }
}
