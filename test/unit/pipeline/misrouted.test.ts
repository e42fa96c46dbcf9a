import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReprocessScope } from "../../../shared/chat/drop-scope.ts";
import { toMailboxId } from "../../../shared/chat/identifiers.ts";
import { listMisrouted, type Misrouted } from "../../../shared/pipeline/misrouted.ts";
import { reprocessDrop, restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { paths } from "../../../shared/store/paths.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { keyOfItem } from "../../support/read-index.ts";
import { csvOf, type Owner, oids, type Row } from "../../support/small-drop.ts";

const toCid: readonly Row[] = [
  { id: "both", from: "ann", to: ["bob", "cid"] },
  { id: "only-cid", from: "eve", to: ["cid"] },
];
const addresses = { ann: "ann@acme.example", bob: "bob@acme.example", cid: "cid.internal@acme.example" };

async function mapCidTo(world: PipelineWorld, owner: Owner): Promise<void> {
  await world.map(`ImId,Mailbox\r\ncid,${addresses[owner]}\r\n`);
}

/** A closed drop in which cid's chats went to ann. */
async function wrongWorld(rows = toCid): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await mapCidTo(world, "ann");
  world.put("a.csv", csvOf(rows));
  await world.runUntilQuiet();
  return world;
}

async function reprocess(world: PipelineWorld, scope?: ReprocessScope): Promise<void> {
  assert.equal((await reprocessDrop(world.deps, dropOf(1), scope)).outcome, "started");
  await world.runUntilQuiet();
}

async function misroutedOf(world: PipelineWorld): Promise<Misrouted[]> {
  const { gen, scope } = await world.drop(dropOf(1));
  return await all(listMisrouted(world.blobs, dropOf(1), gen, scope));
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

function keysOf(listed: readonly Misrouted[]): string[] {
  return listed.map(({ key }) => key);
}

async function keyOf(world: PipelineWorld, n: number) {
  return await keyOfItem(world.blobs, dropOf(1), n);
}

test("what went to a mailbox that a mended mapping no longer names is listed, and stays where it is", async () => {
  const world = await wrongWorld();
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.deepEqual(await misroutedOf(world), []);
  await mapCidTo(world, "cid");
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.cid), ["both", "only-cid"]);
  // ann is a sender of the first; only the second is nothing of hers.
  assert.deepEqual(await misroutedOf(world), [
    {
      key: await keyOf(world, 1),
      chatDay: "2026-06-03",
      source: `${file?.id}:1`,
      mailbox: toMailboxId(oids.ann, 0),
      generation: 1,
      isInDoubt: false,
    },
  ]);
  assert.deepEqual(world.textsIn(oids.ann), ["both", "only-cid"]);
  const { misrouted, misroutedItems } = await world.report(dropOf(1), 2);
  assert.deepEqual([misrouted, misroutedItems], [await misroutedOf(world), 1]);
});

test("a third generation lists what both before it put into mailboxes that it does not name, each item and mailbox once", async () => {
  const world = await wrongWorld();
  await reprocess(world);
  await mapCidTo(world, "cid");
  await reprocess(world);
  const third = await misroutedOf(world);
  assert.deepEqual(
    third.map(({ mailbox, generation }) => [mailbox, generation]),
    [[toMailboxId(oids.ann, 0), 2]],
  );
  await mapCidTo(world, "bob");
  await reprocess(world);
  const fourth = await misroutedOf(world);
  const [both, only] = [await keyOf(world, 0), await keyOf(world, 1)];
  assert.deepEqual(
    fourth.map(({ key, mailbox, generation }) => [key, mailbox, generation]),
    [
      [only, toMailboxId(oids.ann, 0), 2],
      [both, toMailboxId(oids.cid, 0), 3],
      [only, toMailboxId(oids.cid, 0), 3],
    ],
  );
  await mapCidTo(world, "ann");
  await reprocess(world);
  assert.deepEqual(
    [...new Set((await misroutedOf(world)).map(({ mailbox }) => mailbox))],
    [...[toMailboxId(oids.bob, 0), toMailboxId(oids.cid, 0)]],
  );
});

test("a person whom the mapping no longer names at all is not forgotten", async () => {
  const world = await wrongWorld();
  await world.blobs.remove(paths.mapping(connectorOf().name));
  await reprocess(world);
  assert.equal((await world.report(dropOf(1), 2)).unmappedItems, 1);
  assert.deepEqual(keysOf(await misroutedOf(world)), [await keyOf(world, 1)]);
});

test("what a blocked mailbox never took is not misrouted", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await mapCidTo(world, "ann");
  world.mailboxOf(oids.ann).mishapOf = (_, { message }) =>
    message.subject.endsWith("only-cid")
      ? { stores: false, outcome: { type: "blocked", reason: "quota-exceeded", code: "ErrorQuotaExceeded" } }
      : undefined;
  world.put("a.csv", csvOf(toCid));
  await world.runUntilQuiet();
  assert.equal((await world.report(dropOf(1))).equation.failed, 1);
  await mapCidTo(world, "cid");
  await reprocess(world);
  assert.deepEqual(await misroutedOf(world), []);
});

test("an item that is in doubt where it should not be is listed as in doubt", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await mapCidTo(world, "ann");
  const mailbox = world.mailboxOf(oids.ann);
  mailbox.mishapOf = (_, { message }) =>
    message.subject.endsWith("only-cid")
      ? { stores: true, outcome: { type: "ambiguous", wasAnswered: false, because: "reset" } }
      : undefined;
  mailbox.lookUpMishap = () => ({ type: "unknown", because: "503" });
  world.put("a.csv", csvOf(toCid));
  await world.runFor(30 * 60_000);
  await mapCidTo(world, "cid");
  assert.equal((await restartDrop(world.deps, dropOf(1))).outcome, "started");
  mailbox.lookUpMishap = () => undefined;
  await world.runUntilQuiet();
  assert.deepEqual(
    (await misroutedOf(world)).map(({ key, isInDoubt }) => [key, isInDoubt]),
    [[await keyOf(world, 1), true]],
  );
});

test("a generation that was given up in the middle is not forgotten: what it brought to the wrong mailbox is listed, what it had not is not", async () => {
  const rows = Array.from({ length: 90 }, (_, n) => ({ id: `only-cid-${n}`, from: "eve", to: ["cid"] }));
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await mapCidTo(world, "ann");
  world.mailboxOf(oids.ann).mishapOf = (creation) =>
    creation > 60 ? { stores: false, outcome: { type: "throttled", retryAfterInMs: 3600_000 } } : undefined;
  world.put("a.csv", csvOf(rows));
  await world.runFor(10 * 60_000);
  assert.equal(world.textsIn(oids.ann).length, 60);
  await mapCidTo(world, "cid");
  world.mailboxOf(oids.ann).mishapOf = () => undefined;
  await restartDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 60);
  assert.equal(world.textsIn(oids.cid).length, 90);
  const listed = await misroutedOf(world);
  const there = world.mailboxOf(oids.ann).items.map(({ key }) => key);
  assert.deepEqual(keysOf(listed.filter(({ isInDoubt }) => !isInDoubt)).toSorted(), there.toSorted());
  // Graph had refused the last three for a while; nobody has looked since whether it had taken them.
  assert.equal(listed.filter(({ isInDoubt }) => isInDoubt).length, 3);
});

test("what lay in a mailbox that was made anew since is not listed: it is nowhere any more", async () => {
  const world = await wrongWorld();
  world.mailboxOf(oids.ann).root = `root-${oids.ann}-1`;
  world.directory.recreate(oids.ann);
  await mapCidTo(world, "cid");
  await reprocess(world);
  assert.deepEqual(await misroutedOf(world), []);
});

test("what the scope leaves alone is not judged", async () => {
  const world = await wrongWorld([...toCid, { id: "too", from: "eve", to: ["cid"] }]);
  await mapCidTo(world, "cid");
  const keys = [await keyOf(world, 2)];
  await reprocess(world, { type: "items", keys });
  assert.deepEqual(keysOf(await misroutedOf(world)), keys);
  await reprocess(world, { type: "mailboxes", mailboxes: [toMailboxId(oids.bob, 0)] });
  assert.deepEqual(await misroutedOf(world), []);
  await reprocess(world, { type: "mailboxes", mailboxes: [toMailboxId(oids.ann, 0)] });
  assert.deepEqual((await misroutedOf(world)).length, 2);
});

test("an item of which another file's copy was not opened is not judged: that file may name the mailbox", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await mapCidTo(world, "bob");
  world.put("a.csv", csvOf([{ id: "x", from: "ann", to: ["cid"] }]));
  world.put("b.csv", csvOf([{ id: "x", from: "ann", to: ["bob"] }]));
  await world.runUntilQuiet();
  await mapCidTo(world, "cid");
  const a = (await world.files(dropOf(1))).find(({ path }) => path === "/out/a.csv");
  assert.ok(a !== undefined);
  await reprocess(world, { type: "files", files: [a.id] });
  assert.deepEqual(await misroutedOf(world), []);
  await reprocess(world);
  assert.deepEqual(await misroutedOf(world), []);
});

test("where nothing has changed each chunk is read twice for each earlier generation, and no ledger at all", async () => {
  const text = "as long as half a chunk".padEnd(1_000_000);
  const rows = Array.from({ length: 3 }, (_, n) => ({ id: `m-${n}`, from: "ann", to: ["bob"], text: `${text}${n}` }));
  const world = await wrongWorld(rows);
  await reprocess(world);
  await reprocess(world);
  const ports = new FaultyPorts();
  const listed = await all(listMisrouted(ports.wrap("blobs", world.blobs), dropOf(1), 3));
  assert.deepEqual(listed, []);
  const [chunks, earlier] = [2, 2];
  const count = (method: string) => ports.calls.filter((call) => call.method === method).length;
  assert.deepEqual([count("read"), count("stream")], [2 * chunks * earlier, 0]);
});
