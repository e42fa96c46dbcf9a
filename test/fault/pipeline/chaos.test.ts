import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { beginDrop, faultless, forEach, numbersOf, outcomeOf } from "./a-drop.ts";

/** A death somewhere, and a stumble that may come before it. */
function toFaults(random: Random): PortFault[] {
  const toWhen = () => random.pick(["before", "after"] as const);
  return [
    { nth: random.int(1, 90), what: "vanish", when: toWhen() },
    { nth: random.int(1, 90), what: "throw", when: toWhen() },
  ];
}

/** What was done to a world. */
interface Harm {
  deaths: number;
  lost: number;
  twice: number;
}

/** Ten processes, one after the other, that die or stumble somewhere; every sixth message and event is lost or comes twice. */
function disturb(world: PipelineWorld, random: Random): Harm {
  const harm: Harm = { deaths: 0, lost: 0, twice: 0 };
  const processes = Array.from({ length: 10 }, () => new FaultyPorts(...toFaults(random)));
  for (const { ended } of processes) {
    void ended.then(() => {
      harm.deaths += 1;
    });
  }
  const isLost = (): boolean => {
    const isOne = harm.lost < 20 && random.next() < 0.15;
    if (isOne) harm.lost += 1;
    return isOne;
  };
  world.start(...processes);
  world.losesEvent = isLost;
  world.loses = (queue, task) => {
    if (random.next() < 0.15) {
      harm.twice += 1;
      void world.queues.send(queue, task, random.int(0, 1_800_000));
    }
    return isLost();
  };
  return harm;
}

test("whatever dies, stumbles, is lost or comes twice in one run, the mailboxes and the report end the same", async (t) => {
  const { calls: _, ...expected } = await faultless();
  const sum: Harm = { deaths: 0, lost: 0, twice: 0 };
  await forEach(numbersOf(60, 1), async (seed) => {
    const world = await beginDrop();
    const harm = disturb(world, new Random(`drop ${seed}`));
    await world.runUntilQuiet(3 * 24 * 3600_000);
    assert.deepEqual(await outcomeOf(world), expected);
    for (const kind of ["deaths", "lost", "twice"] as const) sum[kind] += harm[kind];
  });
  t.diagnostic(`60 drops: ${sum.deaths} deaths, ${sum.lost} messages and events lost, ${sum.twice} messages twice`);
});

test("so does a reprocessing: nothing comes twice, and what a mended mapping adds comes once", async () => {
  const replayed = async (random?: Random) => {
    const world = await beginDrop();
    await world.runUntilQuiet();
    await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
    if (random !== undefined) disturb(world, random);
    for (let tries = 0; tries < 20 && (await world.drop(dropOf(1))).gen === 1; tries += 1) {
      await world.invoke((deps) => reprocessDrop(deps, dropOf(1)));
      await world.tick();
    }
    await world.runUntilQuiet(3 * 24 * 3600_000);
    return await outcomeOf(world, 2);
  };
  const expected = await replayed();
  assert.deepEqual(expected.mailboxes.cid, ["hello", "unheard"]);
  await forEach(numbersOf(40, 1), async (seed) => {
    assert.deepEqual(await replayed(new Random(`replay ${seed}`)), expected);
  });
});
