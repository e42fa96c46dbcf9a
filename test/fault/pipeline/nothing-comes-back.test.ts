import assert from "node:assert/strict";
import { test } from "node:test";
import { paths } from "../../../shared/store/paths.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { beginDrop, faultless, forEach, mailboxesOf, numbersOf, outcomeOf } from "./a-drop.ts";

const aDayInMs = 24 * 3600_000;

/** Runs the drop; as soon as the process has died `harm` is done, and another process goes on. */
async function runAndHarm(fault: PortFault, harm: (world: PipelineWorld) => unknown): Promise<PipelineWorld> {
  const world = await beginDrop();
  const ports = new FaultyPorts(fault);
  world.start(ports);
  const harmed = ports.ended.then(() => harm(world));
  await world.runUntilQuiet(aDayInMs);
  if (ports.hasEnded) await harmed;
  return world;
}

const wordsOf = new Map([
  ["/out/one.csv", ["hello", "noted"]],
  ["/out/two.csv", ["reply"]],
  ["/out/two-again.csv", ["reply"]],
]);

test("every file that was listed is told of, and every one that came is imported, when the site is emptied as the process dies", async () => {
  const { calls } = await faultless();
  const told = { all: 0, gone: 0, none: 0 };
  await forEach(numbersOf(calls, 3), async (nth) => {
    const world = await runAndHarm({ nth, what: "vanish", when: "after" }, (at) => at.siteOf().files.clear());
    if ((await world.blobs.head(paths.closed(dropOf(1)))) === undefined) {
      told.none += 1;
      return;
    }
    const { files, isBalanced } = await world.report(dropOf(1));
    assert.deepEqual([files.length, isBalanced], [4, true]);
    const expected = files.flatMap(({ path, state }) => (state === "verified" ? (wordsOf.get(path) ?? []) : []));
    assert.deepEqual(mailboxesOf(world).ann, expected.toSorted());
    for (const { state, reason } of files) if (reason?.code === "gone-from-site") assert.equal(state, "rejected");
    told[files.some(({ reason }) => reason?.code === "gone-from-site") ? "gone" : "all"] += 1;
  });
  assert.ok(
    told.gone > 3 && told.all > 50,
    `the faults must strike before and after the files came: ${JSON.stringify(told)}`,
  );
});

test("the sweep alone sets a drop going again when every message and event of the dead process is lost", async () => {
  const { calls, ...expected } = await faultless();
  await forEach(numbersOf(calls, 4), async (nth) => {
    const world = await runAndHarm({ nth, what: "vanish", when: "after" }, (at) => at.loseAll());
    assert.deepEqual(await outcomeOf(world), expected);
  });
});

test("a process that dies, and the next one that dies a little later, lose and double nothing", async () => {
  const { calls, ...expected } = await faultless();
  await forEach(numbersOf(calls, 7), async (nth) => {
    const world = await beginDrop();
    world.start(
      new FaultyPorts({ nth, what: "vanish", when: "after" }),
      new FaultyPorts({ nth: 1 + (nth % 37), what: "vanish", when: "before" }),
    );
    await world.runUntilQuiet(aDayInMs);
    assert.deepEqual(await outcomeOf(world), expected);
  });
});
