import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { ImportWorld, keyOf } from "../../support/import-world.ts";
import { beginDay, expected } from "./a-day.ts";

const onceEach = Object.fromEntries(expected.map((word) => [keyOf(word), 1]));

async function faultless() {
  const world = new ImportWorld();
  await beginDay(world);
  await world.runToEnd();
  return { world, result: await world.result() };
}

async function countCalls(): Promise<number> {
  const world = new ImportWorld();
  await beginDay(world);
  const ports = new FaultyPorts();
  const deps = world.depsOf(ports);
  const { importMailbox } = await import("../../../shared/pipeline/import-mailbox.ts");
  assert.equal((await importMailbox(deps, world.taskOf())).outcome, "done");
  return ports.calls.length;
}

test("imports each item once when nothing goes wrong, and says what became of every line", async () => {
  const { world, result } = await faultless();
  assert.deepEqual(world.mailbox.counts(), onceEach);
  const summary = result.at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual(summary.counts, { imported: 5, partial: 1, skipped: 2, failed: 1 });
  assert.deepEqual(summary.verify, {
    days: 2,
    daysRead: 2,
    missing: 0,
    moved: 0,
    double: 0,
    unrecorded: 0,
    unchecked: 0,
  });
});

for (const what of ["throw", "vanish"] as const) {
  for (const when of ["before", "after"] as const) {
    test(`imports each item once when the worker's n-th call ends in "${what}" ${when} its effect, for every n`, async () => {
      const { result } = await faultless();
      const calls = await countCalls();
      assert.ok(calls > 30, "the day must exercise many calls");
      for (let nth = 1; nth <= calls; nth += 1) {
        const fault: PortFault = { nth, when, what };
        const world = new ImportWorld();
        await beginDay(world);
        const ports = `${what} ${when} call ${nth} of ${calls}`;
        await world.tryOnce(fault);
        const run = await world.runToEnd();
        assert.equal(run.state, "done", ports);
        assert.deepEqual(world.mailbox.counts(), onceEach, ports);
        assert.deepEqual(await world.result(), result, ports);
      }
    });
  }
}
