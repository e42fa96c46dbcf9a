import assert from "node:assert/strict";
import { test } from "node:test";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { beginDrop, forEach, mailboxesOf, numbersOf, outcomeOf } from "./a-drop.ts";

const aDayInMs = 24 * 3600_000;

/** A drop that was closed and cleaned a week ago, whose site is empty, and a mapping that gives one more person a mailbox. */
async function beginReplay(): Promise<PipelineWorld> {
  const world = await beginDrop();
  await world.runUntilQuiet();
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  world.siteOf().files.clear();
  await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
  return world;
}

/** Asks for the replay until it is begun, as an admin does whose page shows an error, and waits for its end. */
async function replay(world: PipelineWorld, ...faults: readonly PortFault[]): Promise<void> {
  world.start(new FaultyPorts(...faults));
  for (let tries = 0; tries < 3; tries += 1) {
    if ((await world.drop(dropOf(1))).gen === 2) break;
    await world.invoke((deps) => reprocessDrop(deps, dropOf(1)));
    await world.tick();
  }
  await world.runUntilQuiet(aDayInMs);
}

test("a replay from the evidence imports what is missing and skips the rest, whichever call ends the process", async (t) => {
  const whole = await beginReplay();
  await replay(whole);
  const expected = await outcomeOf(whole, 2);
  assert.deepEqual(expected.mailboxes, {
    ann: ["hello", "noted", "reply"],
    bob: ["hello", "noted", "reply"],
    cid: ["hello", "unheard"],
  });
  assert.deepEqual(expected.report.equation, { available: 8, imported: 2, partial: 0, skipped: 6, failed: 0 });
  const calls = whole.process.ports.calls.length;
  await forEach(numbersOf(calls, 5), async (nth) => {
    for (const when of ["before", "after"] as const) {
      const world = await beginReplay();
      await replay(world, { nth, when, what: "vanish" });
      assert.deepEqual(await outcomeOf(world, 2), expected);
    }
  });
  t.diagnostic(`${calls} calls, every 5th`);
});

test("a cleaning that dies at any call leaves a drop that can be replayed", async () => {
  const cleaned = await beginReplay();
  await replay(cleaned);
  const expected = mailboxesOf(cleaned);
  let deaths = 0;
  await forEach(numbersOf(40, 2), async (nth) => {
    const world = await beginDrop();
    await world.runUntilQuiet();
    world.clock.turn(8 * aDayInMs);
    world.siteOf().files.clear();
    await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
    const isRemoval = ({ method }: { method: string }) => method === "remove";
    world.start(new FaultyPorts({ nth, of: isRemoval, when: "after", what: "vanish" }));
    const end = await world.invoke((deps) => sweep(deps));
    if (end === "died") deaths += 1;
    // Before the next sweep would finish the cleaning; its lease has to run out.
    world.clock.turn(61_000);
    await replay(world);
    assert.deepEqual(mailboxesOf(world), expected);
    assert.equal((await world.report(dropOf(1), 2)).isBalanced, true);
  });
  assert.ok(deaths > 5, `${deaths} deaths in the middle of a cleaning`);
});
