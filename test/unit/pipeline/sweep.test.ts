import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchConnector } from "../../../shared/pipeline/fetch-connector.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import type { QueueName } from "../../../shared/store/queues.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;

async function worldWith(files: Readonly<Record<string, Buffer>>): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (const [name, bytes] of Object.entries(files)) world.put(name, bytes);
  return world;
}

function resumed(world: PipelineWorld): unknown[] {
  return [...new Set(world.log.of("drop.resumed").map(({ fields }) => fields["what"]))];
}

async function arrives(world: PipelineWorld): Promise<void> {
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 3);
  assert.equal((await world.report(dropOf(1))).isBalanced, true);
}

for (const [queue, what] of [
  ["chats", "chunk"],
  ["partitions", "partition"],
  ["mailboxes", "mailbox"],
] as const satisfies readonly (readonly [QueueName, string])[]) {
  test(`a lost message of ${queue} is sent again after a standstill, and not before`, async () => {
    const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
    let lost = 0;
    world.loses = (name) => {
      if (name === queue) lost += 1;
      return name === queue && lost === 1;
    };
    await world.runFor(10 * minute);
    assert.deepEqual(resumed(world), []);
    await arrives(world);
    assert.deepEqual(resumed(world), [what]);
  });
}

test("a lost ticket event is made to come again by a new version of the ticket", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
  const seen = new Set<string>();
  world.losesEvent = (path) => {
    const isFirst = !seen.has(path);
    seen.add(path);
    return isFirst;
  };
  await arrives(world);
  assert.deepEqual(resumed(world), ["ticket"]);
});

test("a fetch that died in the middle is done again long before the next schedule", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
  const first = new FaultyPorts({ nth: 1, of: ({ method }) => method === "open", when: "before", what: "vanish" });
  world.start(first);
  await world.invoke((deps) => fetchConnector(deps, acme));
  assert.equal((await world.drop(dropOf(1))).state, "collecting");
  const before = world.clock.now();
  await arrives(world);
  assert.ok(world.clock.now() - before < 60 * minute);
});

test("a reprocessing that died while its files were being reset is finished", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)), "bad.csv": Buffer.from("nothing") });
  await world.runUntilQuiet();
  const dying = new FaultyPorts({ nth: 2, of: ({ method }) => method === "head", when: "before", what: "vanish" });
  world.start(dying);
  assert.equal(await world.invoke((deps) => reprocessDrop(deps, dropOf(1))), "died");
  assert.equal((await world.drop(dropOf(1))).isResetting, true);
  await world.runUntilQuiet();
  assert.equal((await world.report(dropOf(1), 2)).equation.skipped, 6);
});

test("what only takes long is not enqueued anew at every sweep", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
  let sent = 0;
  world.loses = (queue) => {
    if (queue === "chats") sent += 1;
    return queue === "chats";
  };
  await world.runFor(3 * 3600_000);
  assert.ok(sent >= 8 && sent <= 13, `${sent} times in three hours`);
  world.loses = () => false;
  await arrives(world);
});

test("a drop whose record cannot be read keeps no other drop from going on, and fails the sweep", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
  await world.blobs.create("state/open/aaa-2026-06-04-1", Buffer.from("no JSON"));
  await world.blobs.create("state/open/acme-2026-06-03-1", Buffer.from("{}"));
  let isLost = false;
  world.loses = (queue) => {
    const isFirst = queue === "chats" && !isLost;
    isLost ||= isFirst;
    return isFirst;
  };
  await assert.rejects(sweep(world.deps));
  await world.runFor(90 * minute);
  assert.equal(world.textsIn(oids.ann).length, 3);
  assert.equal((await world.drop(dropOf(1))).state, "closed");
  assert.ok(world.log.of("sweep.drop-failed").length >= 2);
});

test("a drop of a connector that was removed waits with a word for the admin, and goes on when it is set up again", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 3)) });
  world.losesEvent = () => true;
  await world.runFor(10 * minute);
  await world.blobs.remove(`state/connector/${acme}`);
  world.losesEvent = () => false;
  await world.runFor(60 * minute);
  const told = world.errors.filter(
    (error) => error instanceof Error && /There is no connector "acme"/.test(error.message),
  );
  assert.ok(told.length > 0);
  await world.save(connectorOf());
  await arrives(world);
});
