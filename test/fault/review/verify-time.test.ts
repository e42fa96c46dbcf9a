import assert from "node:assert/strict";
import { test } from "node:test";
import { chatLineOf, ImportWorld, sentAt } from "../../support/import-world.ts";

const day = 86_400_000;

test("once its time is over a slice asks for no further day: each would cost a time-out, and the function has half an hour", async () => {
  const world = new ImportWorld({ verifyInMs: 240_000 });
  const lines = Array.from({ length: 80 }, (_, i) => ({
    item: chatLineOf(`item ${i}`, { position: i, sentAt: sentAt - (80 - i) * day }),
  }));
  let asked = 0;
  const askedInSlices = new Map<number, number>();
  world.mailbox.listKeys = async function* () {
    for (;;) {
      asked += 1;
      const { slice } = await world.run();
      askedInSlices.set(slice, (askedInSlices.get(slice) ?? 0) + 1);
      world.clock.turn(30_000);
      yield { type: "unknown", because: "timed-out" };
    }
  };
  await world.begin(lines);
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual([summary.verify.days, summary.verify.daysRead], [80, 0]);
  assert.equal(askedInSlices.size, world.settings.verifySlices);
  for (const times of askedInSlices.values()) {
    assert(times * 30_000 <= world.settings.verifyInMs + 30_000, `asked ${times} times in one slice`);
  }
  assert(asked < 120, `asked ${asked} times`);
});
