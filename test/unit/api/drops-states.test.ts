import assert from "node:assert/strict";
import { test } from "node:test";
import { deadRoutes } from "../../../shared/api/contract/dead.ts";
import { type DropView, dropRoutes } from "../../../shared/api/contract/drops.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { toCursor } from "../../../shared/api/paging.ts";
import { toMailboxId } from "../../../shared/chat/identifiers.ts";
import { auditRecord } from "../../../shared/pipeline/leave-audit.ts";
import { dropReport } from "../../../shared/report/drop-report.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { listDocuments, updateDocument } from "../../../shared/store/state-document.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const aDayInMs = 24 * 3600_000;
const params = { drop: dropOf(1) };
const ofFirst = { drop: dropOf(1), gen: "1" };

async function poll(world: PipelineWorld): Promise<DropView> {
  return await new ApiWorld(world).ask(dropRoutes.readDrop, { params });
}

async function rowOf(world: PipelineWorld) {
  const { items } = await new ApiWorld(world).ask(dropRoutes.listDrops);
  assert.equal(items.length, 1);
  return items[0];
}

async function worldOf(given: Parameters<typeof connectorOf>[0] = {}, count = 3): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf(given));
  world.put("a.csv", csvOf(rowsOf("a", count)));
  return world;
}

async function auditOf(world: PipelineWorld): Promise<string[]> {
  const told: string[] = [];
  for await (const { value } of listDocuments(world.blobs, "audit/", auditRecord)) {
    told.push(`${value.principal} ${value.by} ${value.action} ${value.target} ${JSON.stringify(value.details)}`);
  }
  return told;
}

async function spoil(world: PipelineWorld, path: BlobPath): Promise<void> {
  await world.blobs.remove(path);
  await world.blobs.create(path, Buffer.from('{"secret-word":'));
}

test("a held drop tells what was counted; it is released with that count only, and a second click does no harm", async () => {
  const world = await worldOf({ itemLimit: 2 });
  await world.runFor(5 * minute);
  const view = await poll(world);
  assert.deepEqual([view.state, view.isHeld, view.gate], ["held", true, { siteDayItems: 3, limit: 2 }]);
  assert.deepEqual(view.needs, [{ kind: "held", count: 3, remedy: "release" }]);
  assert.deepEqual(view.waiting, [{ what: "drop", reason: "held", count: 1, open: 0 }]);
  assert.deepEqual(view.actions, { release: true, reprocess: false, restart: false, redrive: false });
  assert.equal((await rowOf(world))?.isHeld, true);
  const api = new ApiWorld(world);
  const asFour = await api.refusal(dropRoutes.releaseDrop, { params, body: { items: 4 } });
  assert.equal(asFour, "refused: The drop has 3 items, not 4. Look again.");
  assert.deepEqual(await auditOf(world), [], "what was not done leaves no record");
  const released = await api.ask(dropRoutes.releaseDrop, { params, body: { items: 3 } });
  assert.deepEqual([released.state, released.items], ["released", 3]);
  const again = await api.refusal(dropRoutes.releaseDrop, { params, body: { items: 3 } });
  assert.equal(again, "refused: The drop is released, not held.");
  await world.runUntilQuiet();
  assert.deepEqual((await poll(world)).releasedBy, "entra:admin@tenant");
  assert.deepEqual(await auditOf(world), [`entra:admin@tenant api release ${dropOf(1)} {"items":3}`]);
});

test("two clicks at the same time release a drop once; both are in the audit", async () => {
  const world = await worldOf({ itemLimit: 2 });
  await world.runFor(5 * minute);
  const api = new ApiWorld(world);
  const clicks = [1, 2].map(async () => api.call(dropRoutes.releaseDrop, { params, body: { items: 3 } }));
  const ends = await Promise.allSettled(clicks);
  assert.deepEqual(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 3);
  assert.equal(world.log.of("drop.released-by-hand").length, 1);
});

test("nothing is changed when no record of it can be left", async () => {
  const world = await worldOf({ itemLimit: 2 });
  await world.runFor(5 * minute);
  const api = new ApiWorld(world);
  const create = world.blobs.create.bind(world.blobs);
  world.blobs.create = async (path, ...rest) => {
    if (path.startsWith("audit/")) throw new Error("no room");
    return await create(path, ...rest);
  };
  await assert.rejects(api.call(dropRoutes.releaseDrop, { params, body: { items: 3 } }), /no room/);
  assert.equal((await world.drop(dropOf(1))).state, "held");
});

test("dead work is a need until it is done: its page and the list tell of it, a redrive sends it once more", async () => {
  const world = await worldOf();
  await world.map("no;header");
  await world.runFor(5 * minute);
  const view = await poll(world);
  const [need] = view.needs;
  assert.deepEqual([view.needs.length, need?.kind, need?.count, need?.remedy], [1, "dead", 1, "redrive"]);
  assert.match(need?.reason ?? "", /^The mapping of connector acme cannot be used/);
  assert.equal(view.actions.redrive, true);
  const api = new ApiWorld(world);
  const { items: dead } = await api.ask(deadRoutes.listDead);
  assert.deepEqual(
    dead.map(({ queue, standing, drop, generation, deaths }) => [queue, standing, drop, generation, deaths]),
    [["chats", "open", dropOf(1), 1, 1]],
  );
  await world.map("ImId,Mailbox\r\n");
  const sent = await api.ask(dropRoutes.redriveDrop, { params });
  assert.deepEqual(sent, { sent: [dead[0]?.id], refused: [] });
  await world.runUntilQuiet();
  assert.deepEqual((await poll(world)).needs, []);
  assert.deepEqual((await api.ask(deadRoutes.listDead)).items, []);
  const all = await api.ask(deadRoutes.listDead, { query: { standing: "all" } });
  assert.deepEqual(
    all.items.map(({ standing, redrives }) => [standing, redrives]),
    [["done", 1]],
  );
  const late = await api.ask(deadRoutes.redriveDead);
  assert.deepEqual(
    late.refused.map(({ reason }) => reason),
    ["The drop is closed. To import what is missing, reprocess it."],
  );
});

test("dead work comes in pages, of one queue or one drop, and a foreign or unreadable record is told as such", async () => {
  const world = await worldOf();
  await world.map("no;header");
  world.put("b.csv", csvOf(rowsOf("b", 2)));
  await world.runFor(5 * minute);
  await world.blobs.create("state/dead/foreign/abc.json", Buffer.from("{}"));
  await world.blobs.create(paths.dead("fetches", "gone"), Buffer.from("{"));
  const api = new ApiWorld(world);
  const told: string[] = [];
  let cursor: string | undefined;
  do {
    const query: Record<string, string> = { limit: "1", ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.ask(deadRoutes.listDead, { query });
    assert.ok(page.items.length <= 1);
    told.push(...page.items.map(({ queue, standing }) => `${queue} ${standing}`));
    cursor = page.next;
  } while (cursor !== undefined);
  assert.deepEqual(told, ["fetches unreadable", "chats open", "chats open", "foreign foreign"]);
  const ofDrop = await api.ask(deadRoutes.listDead, { query: { drop: dropOf(1) } });
  assert.equal(ofDrop.items.length, 2);
  const ofQueue = await api.ask(deadRoutes.listDead, { query: { queue: "foreign" } });
  assert.equal(ofQueue.items.length, 1);
});

test("a drop whose numbers do not agree says so, in the list and in its view", async () => {
  const world = await worldOf();
  await world.runUntilQuiet();
  const report = paths.dropReport(dropOf(1), 1);
  const imbalances = ["available: 6, but imported + partial + skipped + failed: 5"];
  await updateDocument(
    world.blobs,
    report,
    dropReport,
    (now) => ({ ...now, isBalanced: false, imbalances, equation: { ...now.equation, imported: 5 } }),
    { writer: "test" },
  );
  const view = await poll(world);
  assert.deepEqual([view.isBalanced, view.imbalances], [false, imbalances]);
  assert.deepEqual(view.needs, [{ kind: "unbalanced", count: 1, reason: imbalances[0], remedy: "look" }]);
  assert.equal((await rowOf(world))?.isBalanced, false);
});

test("what an earlier generation left undone stays a need until a later one takes it up", async () => {
  const world = await worldOf({}, 2);
  for (const owner of [oids.ann, oids.bob]) {
    world.mailboxOf(owner).rootId = async () => ({ type: "blocked", reason: "no-mailbox", code: "x" });
  }
  await world.runUntilQuiet();
  const blocked = { kind: "blocked", reason: "no-mailbox", remedy: "reprocess" } as const;
  assert.deepEqual((await poll(world)).needs, [{ ...blocked, count: 2 }]);
  for (const owner of [oids.ann, oids.bob]) Reflect.deleteProperty(world.mailboxOf(owner), "rootId");
  const reprocess = async (generation: number, scope: unknown) => {
    await new ApiWorld(world).call(dropRoutes.reprocessDrop, { params, body: { generation, scope } });
    await world.runUntilQuiet();
  };
  await reprocess(1, { type: "mailboxes", addresses: ["ann@acme.example"] });
  const second = await poll(world);
  assert.deepEqual([second.generation, second.scope, second.equation?.imported], [2, "mailboxes", 2]);
  assert.deepEqual(second.needs, [{ ...blocked, count: 1, generation: 1 }], "bob's is still not in");
  assert.deepEqual((await rowOf(world))?.needs, second.needs);
  const held = await new ApiWorld(world).ask(dropRoutes.listDrops, { query: { state: "needsAHand" } });
  assert.equal(held.items.length, 1);
  await reprocess(2, { type: "mailboxes", mailboxes: [`${oids.bob}.0`] });
  const third = await poll(world);
  assert.deepEqual(third.needs, []);
  assert.deepEqual(
    third.generations.map(({ generation, status, scope, equation }) => [generation, status, scope, equation?.failed]),
    [
      [3, "closed", "mailboxes", 0],
      [2, "closed", "mailboxes", 0],
      [1, "closed", "drop", 4],
    ],
  );
  assert.deepEqual((await new ApiWorld(world).ask(dropRoutes.listDrops, { query: { state: "needsAHand" } })).items, []);
});

test("reprocessing is refused when somebody did it before, for an unknown address, and for nothing at all", async () => {
  const world = await worldOf();
  await world.runUntilQuiet();
  const api = new ApiWorld(world);
  const refusal = async (body: unknown) => await api.refusal(dropRoutes.reprocessDrop, { params, body });
  const addresses = ["ann@acme.example", "nobody@acme.example", "no address"];
  assert.equal(
    await refusal({ generation: 1, scope: { type: "mailboxes", addresses } }),
    "invalid: scope.addresses.1 is unknown to the directory; scope.addresses.2 is no address",
  );
  assert.equal(await refusal({ generation: 1, scope: { type: "mailboxes" } }), "invalid: scope names no mailbox");
  assert.match(await refusal({ generation: 1, scope: { type: "items", keys: ["k".repeat(43)] } }), /knows an item/);
  await api.call(dropRoutes.reprocessDrop, { params, body: { generation: 1 } });
  assert.match(await refusal({ generation: 1 }), /^refused: The drop is in generation 2 by now, not in generation 1/);
  assert.match(await refusal({ generation: 2 }), /^refused: The drop is already being processed/);
  assert.match(
    await api.refusal(dropRoutes.restartDrop, { params, body: { generation: 1 } }),
    /^refused: The drop is in generation 2 by now/,
  );
  await world.runUntilQuiet();
  const other = { params: { drop: dropOf(7) }, body: { generation: 1 } };
  assert.equal(await api.refusal(dropRoutes.reprocessDrop, other), "not-found: There is no drop of that name.");
  assert.equal(world.textsIn(oids.ann).length, 3, "nothing is there twice");
});

test("a restarted drop tells of the generation that was given up; an item is reprocessed by its key", async () => {
  const world = await worldOf();
  world.mailboxOf(oids.ann).rootId = async () => ({ type: "throttled", retryAfterInMs: 5 * 3600_000 });
  await world.runFor(5 * minute);
  const api = new ApiWorld(world);
  await api.call(dropRoutes.restartDrop, { params, body: { generation: 1 } });
  Reflect.deleteProperty(world.mailboxOf(oids.ann), "rootId");
  await world.runUntilQuiet();
  const { generations } = await poll(world);
  assert.deepEqual(
    generations.map(({ generation, status }) => [generation, status]),
    [
      [2, "closed"],
      [1, "given-up"],
    ],
  );
  assert.equal(
    await api.refusal(generationRoutes.readGeneration, { params: ofFirst }),
    "not-found: There is no generation of a drop of that name.",
  );
  const items = await api.ask(generationRoutes.listItems, { params: { drop: dropOf(1), gen: "2" } });
  const key = items.items[0]?.key;
  await api.call(dropRoutes.reprocessDrop, { params, body: { generation: 2, scope: { type: "items", keys: [key] } } });
  await world.runUntilQuiet();
  const view = await poll(world);
  assert.deepEqual([view.scope, view.equation?.available, view.equation?.skipped], ["items", 2, 2]);
});

test("of a cleaned drop all is still told", async () => {
  const world = await worldOf();
  world.put("b.csv", csvOf([{ id: "b", from: "eve", to: ["ann"] }]));
  await world.runUntilQuiet();
  const before = await poll(world);
  const api = new ApiWorld(world);
  const mailboxes = await api.ask(generationRoutes.listMailboxes, { params: ofFirst });
  const items = await api.ask(generationRoutes.listItems, { params: ofFirst });
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  const after = await poll(world);
  assert.equal(after.isCleaned, true);
  assert.deepEqual({ ...after, isCleaned: false }, before);
  const cleaned = new ApiWorld(world);
  const stay = await cleaned.ask(generationRoutes.listMailboxes, { params: ofFirst });
  assert.equal(mailboxes.items[0]?.address, "ann@acme.example");
  assert.deepEqual(
    stay.items,
    mailboxes.items.map(({ address: _address, displayName: _name, ...rest }) => rest),
    "but for the addresses, which go with the plaintext",
  );
  assert.deepEqual(await cleaned.ask(generationRoutes.listItems, { params: ofFirst }), items);
  const inARow = { cursor: toCursor({ in: "table", offset: 50 }) };
  const refusal = await cleaned.refusal(generationRoutes.listItems, { params: ofFirst, query: inARow });
  assert.match(refusal, /^invalid: cursor/);
  const unmapped = await cleaned.ask(generationRoutes.listUnmapped, { params: ofFirst });
  assert.deepEqual(
    unmapped.items.map(({ imId, reason, items: of, canBeMapped }) => [imId, reason, of, canBeMapped]),
    [["eve", "unknown-user", 1, true]],
  );
});

test("a record that cannot be read hides nothing else and is told as such, and never with its content", async () => {
  const world = await worldOf();
  world.mailboxOf(oids.ann).rootId = async () => ({ type: "throttled", retryAfterInMs: 5 * 3600_000 });
  await world.runFor(5 * minute);
  const before = await poll(world);
  await spoil(world, paths.run(dropOf(1), 1, toMailboxId(oids.ann, 0)));
  const view = await poll(world);
  assert.deepEqual(view.unreadable, [
    {
      record: `state/run/${dropOf(1)}/1/${oids.ann}.0`,
      problem: `The state document state/run/${dropOf(1)}/1/${oids.ann}.0 is not JSON.`,
    },
  ]);
  assert.deepEqual(view.equation, before.equation, "bob's items are counted, ann's are open");
  const api = new ApiWorld(world);
  const { items: runs } = await api.ask(generationRoutes.listMailboxes, { params: ofFirst });
  assert.deepEqual(
    runs.map(({ state }) => state),
    ["unreadable", "done"],
  );
  const generation = await api.ask(generationRoutes.readGeneration, { params: ofFirst });
  assert.deepEqual([generation.report, generation.unreadable.length], [undefined, 1]);
  world.put("late.csv", csvOf(rowsOf("late", 1).map((row) => ({ ...row, from: "cid", to: ["bob"] }))));
  await world.queues.send("fetches", { v: 1, runId: "by-hand", connector: acme });
  await world.runFor(20 * minute);
  await spoil(world, paths.open(dropOf(1)));
  const { items } = await new ApiWorld(world).ask(dropRoutes.listDrops);
  const states = Object.fromEntries(items.map(({ drop, state }) => [drop, state]));
  assert.deepEqual(states, { [dropOf(1)]: "unreadable", [dropOf(2)]: "closed" });
  const broken = await poll(world);
  assert.deepEqual(
    [broken.state, broken.problem],
    ["unreadable", `The state document state/open/${dropOf(1)} is not JSON.`],
  );
  await spoil(world, paths.dropReport(dropOf(2), 1));
  const second = await new ApiWorld(world).ask(dropRoutes.readDrop, { params: { drop: dropOf(2) } });
  assert.deepEqual([second.state, second.needs.map(({ kind }) => kind)], ["closed", ["unreadable"]]);
  assert.ok(!JSON.stringify([view, runs, items, broken, second]).includes("secret-word"));
});
