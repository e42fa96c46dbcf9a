import assert from "node:assert/strict";
import { test } from "node:test";
import type { DropState } from "../../../shared/pipeline/drop-state.ts";
import { fetchNow } from "../../../shared/pipeline/fetch-due.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { EventName } from "../../../shared/telemetry/events.ts";
import { beginDrop, faultless, outcomeOf } from "../../fault/pipeline/a-drop.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const hour = 60 * minute;

/** The process ends right after a record came to say `sign`, and with it every message and event is lost. */
function dieAt(world: PipelineWorld, sign: string, where: string = paths.open(dropOf(1))): FaultyPorts {
  let hasCome = false;
  const { blobs } = world;
  const [create, replace] = [blobs.create.bind(blobs), blobs.replace.bind(blobs)];
  const look = (path: string, bytes: Uint8Array): void => {
    if (path.startsWith(where) && Buffer.from(bytes).includes(sign)) hasCome = true;
  };
  blobs.create = (path, bytes, options) => {
    look(path, bytes);
    return create(path, bytes, options);
  };
  blobs.replace = (path, bytes, etag, options) => {
    look(path, bytes);
    return replace(path, bytes, etag, options);
  };
  const ports = new FaultyPorts({ nth: 1, of: () => hasCome, when: "before", what: "vanish" });
  void ports.ended.then(() => world.loseAll());
  world.start(ports);
  return ports;
}

/** Sweeps and does what the sweep has sent; the timer that fetches never comes. */
async function sweepUntilClosed(world: PipelineWorld, gen: number): Promise<void> {
  for (let rounds = 0; rounds < 72; rounds += 1) {
    world.clock.turn(5 * minute);
    await world.invoke((deps) => sweep(deps));
    await world.drain();
    const drop = await world.drop(dropOf(1));
    if (drop.state === "closed" && drop.gen === gen) return;
  }
  assert.fail(`the drop is still ${(await world.drop(dropOf(1))).state} after 6 hours`);
}

for (const state of [
  ...(["collecting", "counted", "released", "sealed", "routed", "gathered", "importing", "verifying"] as const),
] satisfies DropState["state"][]) {
  test(`a drop that is left in ${state}, with every message and event lost, is finished by the sweep alone`, async () => {
    const { calls: _, ...expected } = await faultless();
    const world = await beginDrop();
    const ports = dieAt(world, `"state":"${state}"`);
    await world.invoke((deps) => fetchNow(deps, acme));
    await world.drain();
    // What follows the last mailbox's end is the sweep's.
    if (!ports.hasEnded) await world.invoke((deps) => sweep(deps));
    assert.ok(ports.hasEnded, `the drop came to ${state}`);
    await sweepUntilClosed(world, 1);
    assert.deepEqual(await outcomeOf(world), expected);
  });
}

test("mailboxes whose runs were not begun, since the process ended right after their part was written, are begun by the sweep", async () => {
  const { calls: _, ...expected } = await faultless();
  const world = await beginDrop();
  const ports = dieAt(world, `"${oids.ann}.0"`, paths.parts(dropOf(1), 1));
  await world.invoke((deps) => fetchNow(deps, acme));
  await world.drain();
  assert.ok(ports.hasEnded);
  await sweepUntilClosed(world, 1);
  assert.deepEqual(await outcomeOf(world), expected);
});

test("a generation that is left while its files are being reset, with everything lost, is finished by the sweep alone", async () => {
  const world = await beginDrop();
  await world.runUntilQuiet();
  const ports = dieAt(world, `"isResetting":true`);
  await world.invoke((deps) => reprocessDrop(deps, dropOf(1)));
  assert.ok(ports.hasEnded);
  assert.equal((await world.drop(dropOf(1))).isResetting, true);
  await sweepUntilClosed(world, 2);
  assert.equal((await world.report(dropOf(1), 2)).equation.skipped, 6);
});

test("every open drop is looked at though the first ones cannot be read, or are no drops at all", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  for (const name of ["Not a drop", "aaa-2026-06-04-1", "acme-zzz"]) {
    await world.blobs.create(`state/open/${name}`, Buffer.from("no JSON"));
  }
  const lost = new Set<string>();
  world.loses = (queue) => lost.size < lost.add(queue).size;
  await assert.rejects(sweep(world.deps), /no JSON|no drop's record/);
  await world.runFor(3 * hour);
  assert.equal((await world.drop(dropOf(1))).state, "closed");
  assert.equal(world.textsIn(oids.ann).length, 3);
});

function told(world: PipelineWorld, event: EventName): readonly { readonly fields: Record<string, unknown> }[] {
  return world.log.of(event).map(({ fields }) => ({ fields: { ...fields } }));
}

test("a drop that waits for a directory that is away is told of at every sweep after two hours, with the reason, and not before", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  const find = world.directory.find.bind(world.directory);
  world.directory.find = () => Promise.reject(new Error("the directory is away"));
  await world.runFor(115 * minute);
  assert.deepEqual(told(world, "drop.waits-long"), []);
  await world.runFor(60 * minute);
  const lines = told(world, "drop.waits-long");
  assert.ok(lines.length >= 10 && lines.length <= 13, `${lines.length} lines in an hour`);
  const { state, because, dead } = lines.at(-1)?.fields ?? {};
  assert.deepEqual([state, because, dead], ["sealed", "Error", 1]);
  world.directory.find = find;
  await world.runUntilQuiet();
  const count = told(world, "drop.waits-long").length;
  await world.runFor(hour);
  assert.equal(told(world, "drop.waits-long").length, count);
});

test("mailboxes in which nothing happens are told of, a few of them by name; one in which something does is not", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 400)));
  world.mailboxOf(oids.ann).rootId = async () => ({ type: "unreachable" });
  const bob = world.mailboxOf(oids.bob);
  bob.mishapOf = (creation) =>
    creation % 20 === 0 ? { stores: false, outcome: { type: "throttled", retryAfterInMs: 600_000 } } : undefined;
  await world.runFor(150 * minute);
  assert.ok(bob.items.length > 100 && bob.items.length < 400, `${bob.items.length} items`);
  const named = told(world, "mailbox.waits-long");
  assert.ok(named.length >= 4);
  assert.deepEqual([...new Set(named.map(({ fields }) => fields["mailbox"]))], [`${oids.ann}.0`]);
  assert.deepEqual([...new Set(named.map(({ fields }) => fields["items"]))], [400]);
  assert.deepEqual([...new Set(told(world, "drop.waits-long").map(({ fields }) => fields["mailboxes"]))], [1]);
});

test("a drop that is held is told of as waiting for release, and as nothing else", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 1 }));
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  await world.runFor(3 * hour);
  assert.ok(told(world, "drop.waits-for-release").length > 30);
  assert.deepEqual(told(world, "drop.waits-long"), []);
});
