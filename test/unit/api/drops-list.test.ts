import assert from "node:assert/strict";
import { test } from "node:test";
import { type DropRow, dropRoutes } from "../../../shared/api/contract/drops.ts";
import { toCursor } from "../../../shared/api/paging.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { writeClosedDrop } from "../../support/large-drop.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, rowsOf } from "../../support/small-drop.ts";

type Query = Readonly<Record<string, string>>;

async function worldOf(drops: readonly string[]): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  for (const drop of drops) await writeClosedDrop(world.blobs, drop, world.clock.now());
  return world;
}

/** All pages; `between` runs after each. */
async function listAll(api: ApiWorld, query: Query, between = async (): Promise<void> => undefined): Promise<string[]> {
  const drops: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.ask(dropRoutes.listDrops, { query: cursor === undefined ? query : { ...query, cursor } });
    drops.push(...page.items.map(({ drop }) => drop));
    cursor = page.next;
    await between();
  } while (cursor !== undefined);
  return drops;
}

test("drops come by the newest site day, then by connector, then by the last seq, whatever the names sort like", async () => {
  const world = await worldOf([
    "acme-2026-06-02-1",
    "acme-2026-06-03-2",
    "acme-2026-06-03-10",
    "zeta-2026-06-03-1",
    "acme-london-2026-06-04-1",
  ]);
  const sorted = [
    "acme-london-2026-06-04-1",
    "acme-2026-06-03-10",
    "acme-2026-06-03-2",
    "zeta-2026-06-03-1",
    "acme-2026-06-02-1",
  ];
  for (const limit of ["1", "2", "5", "50"]) assert.deepEqual(await listAll(new ApiWorld(world), { limit }), sorted);
});

test("pages neither repeat nor leave out a drop while newer and older ones are added, and the one at the edge goes", async () => {
  const days = Array.from({ length: 12 }, (_, n) => `acme-2026-05-${String(n + 10)}-1`);
  const world = await worldOf(days);
  let round = 0;
  const add = async (): Promise<void> => {
    round += 1;
    await writeClosedDrop(world.blobs, `acme-2026-06-${String(round).padStart(2, "0")}-1`, 0);
    await writeClosedDrop(world.blobs, `best-2026-05-${String(21 - round * 2).padStart(2, "0")}-1`, 0);
    if (round === 1) await world.blobs.remove("state/closed/acme-2026-05-19-1");
  };
  const drops = await listAll(new ApiWorld(world), { limit: "3" }, add);
  assert.equal(new Set(drops).size, drops.length, "one came twice");
  const lacking = days.filter((drop) => !drops.includes(drop));
  assert.deepEqual(lacking, [], "the one that went was on a page before");
});

test("a connector is not taken for another whose name begins so; days are asked for from and to", async () => {
  const world = await worldOf([
    "acme-2026-06-01-1",
    "acme-2026-06-02-1",
    "acme-2026-07-02-1",
    "acme-london-2026-06-02-1",
  ]);
  const api = new ApiWorld(world);
  const list = async (query: Query) => await listAll(api, query);
  assert.deepEqual(await list({ connector: "acme-london" }), ["acme-london-2026-06-02-1"]);
  assert.deepEqual(await list({ connector: "acme", from: "2026-06-02" }), ["acme-2026-07-02-1", "acme-2026-06-02-1"]);
  assert.deepEqual(await list({ connector: "acme", from: "2026-06-02", to: "2026-06-30" }), ["acme-2026-06-02-1"]);
  assert.deepEqual(await list({ connector: "acme", from: "2026-06-02", to: "2026-06-02" }), ["acme-2026-06-02-1"]);
  assert.deepEqual(await list({ to: "2026-06-01" }), ["acme-2026-06-01-1"]);
  assert.deepEqual(await list({ from: "2026-08-01" }), []);
});

test("drops are filtered by state: a held one is open, one that is reprocessed is open and not closed", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 3 }));
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.fetch();
  world.put("b.csv", csvOf(rowsOf("b", 2)));
  await world.fetch();
  const states = async (state: string): Promise<string[]> => await listAll(new ApiWorld(world), { state, limit: "1" });
  assert.deepEqual(await states("held"), [dropOf(2)]);
  assert.deepEqual(await states("open"), [dropOf(2)]);
  assert.deepEqual(await states("closed"), [dropOf(1)]);
  assert.deepEqual(await states("needsAHand"), [dropOf(2)]);
  const body = { generation: 1 };
  await new ApiWorld(world).call(dropRoutes.reprocessDrop, { params: { drop: dropOf(1) }, body });
  assert.deepEqual([await states("open"), await states("closed")], [[dropOf(2), dropOf(1)], []]);
});

test("what needs a hand is found in bounded steps: an empty page says where to go on", async () => {
  const world = new PipelineWorld();
  for (let n = 0; n < 620; n += 1) {
    const day = new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
    await writeClosedDrop(world.blobs, `acme-${day}-1`, 0, n === 3 ? 2 : 0);
  }
  const api = new ApiWorld(world);
  const query = { state: "needsAHand" };
  const first = await api.ask(dropRoutes.listDrops, { query });
  assert.deepEqual([first.items, typeof first.next], [[], "string"]);
  const before = api.requests;
  const second = await api.ask(dropRoutes.listDrops, { query: { ...query, cursor: first.next ?? "" } });
  assert.deepEqual(
    second.items.map(({ drop, needs }: DropRow) => [drop, needs]),
    [["acme-2026-01-04-1", [{ kind: "failed", count: 2, remedy: "reprocess" }]]],
  );
  assert.equal(second.next, undefined);
  assert.ok(api.requests - before <= 2 + 2 * 120);
  assert.match(await api.refusal(dropRoutes.listDrops, { query: { cursor: "bm90IG91cnM" } }), /^invalid: cursor/);
  const noConnectors = toCursor({ after: "a--2026-06-03-1" });
  assert.match(await api.refusal(dropRoutes.listDrops, { query: { cursor: noConnectors } }), /^invalid: cursor/);
});

test("a drop that is closed between the listing and its reading is on the page all the same", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.queues.send("fetches", { v: 1, runId: "by-hand", connector: connectorOf().name });
  await world.takeFrom("fetches");
  const api = new ApiWorld(world);
  const read = world.blobs.read.bind(world.blobs);
  let isFirst = true;
  world.blobs.read = async (path, signal) => {
    if (isFirst && path.startsWith("state/open/")) {
      isFirst = false;
      await world.runUntilQuiet();
    }
    return await read(path, signal);
  };
  const { items } = await api.ask(dropRoutes.listDrops);
  assert.deepEqual(
    items.map(({ drop, state }) => [drop, state]),
    [[dropOf(1), "closed"]],
  );
});
