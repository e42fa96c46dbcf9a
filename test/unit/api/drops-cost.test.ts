import assert from "node:assert/strict";
import { test } from "node:test";
import { dropRoutes } from "../../../shared/api/contract/drops.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { runState } from "../../../shared/pipeline/run-state.ts";
import { paths } from "../../../shared/store/paths.ts";
import { updateDocument } from "../../../shared/store/state-document.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { largeMailbox, writeClosedDrop, writeLargeDrop } from "../../support/large-drop.ts";
import { dropOf, PipelineWorld } from "../../support/pipeline-world.ts";

const params = { drop: dropOf(1) };
const size = { mailboxes: 2000, chunks: 400, itemsEach: 100 };

async function settle(world: PipelineWorld, from: number, to: number): Promise<void> {
  const counts = { imported: 40, partial: 0, skipped: 0, failed: 0 };
  const now = world.blobs.now();
  for (let n = from; n < to; n += 1) {
    const progress = {
      settled: counts,
      counts,
      startedAt: now - 240_000,
      progressedAt: now,
      state: "running",
    } as const;
    const path = paths.run(dropOf(1), 1, largeMailbox(n));
    await updateDocument(world.blobs, path, runState, (run) => ({ ...run, ...progress }), { writer: "test" });
  }
}

test("a poll of a drop of 2,000 mailboxes costs a few requests and one more for each mailbox that has moved", async (t) => {
  const world = new PipelineWorld();
  await writeLargeDrop(world.blobs, dropOf(1), size, world.clock.now());
  const api = new ApiWorld(world);
  const poll = async () => {
    const before = api.requests;
    const view = await api.ask(dropRoutes.readDrop, { params });
    world.clock.turn(5000);
    return { view, requests: api.requests - before };
  };
  const first = await poll();
  assert.equal(first.view.equation?.open, 200_000);
  assert.equal(first.view.pace?.left, undefined, "nothing is known of the time left before anything is done");
  const still = await poll();
  await settle(world, 0, 50);
  const moved = await poll();
  t.diagnostic(`requests: first ${first.requests}, none moved ${still.requests}, 50 moved ${moved.requests}`);
  assert.ok(first.requests <= 2000 + 400 + 8 + 1 + 10, `${first.requests}`);
  assert.ok(still.requests <= 6, `${still.requests}`);
  assert.equal(moved.requests, still.requests + 50);
  assert.deepEqual([moved.view.equation?.imported, moved.view.equation?.open], [2000, 198_000]);
  assert.deepEqual(moved.view.mailboxStates, { pending: 1950, running: 50, waiting: 0, done: 0, blocked: 0 });
  const { pace } = moved.view;
  assert.ok(pace?.left !== undefined && pace.left.inMs > 0 && pace.left.atLeastInMs <= pace.left.inMs);
  assert.equal(pace.left.sureness, "low", "four minutes are little to go by");
});

test("a page of drops costs its listings and two reads for each closed drop on it, and nothing for those seen before", async (t) => {
  const world = new PipelineWorld();
  for (let n = 0; n < 300; n += 1) {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 3))).toISOString().slice(0, 10);
    await writeClosedDrop(world.blobs, `${["acme", "best", "cost"][n % 3]}-${day}-1`, world.clock.now());
  }
  const api = new ApiWorld(world);
  const page = async (query: Readonly<Record<string, string>>) => {
    const before = api.requests;
    const reply = await api.ask(dropRoutes.listDrops, { query });
    return { reply, requests: api.requests - before };
  };
  const first = await page({ limit: "20" });
  const again = await page({ limit: "20" });
  const second = await page({ limit: "20", cursor: first.reply.next ?? "" });
  t.diagnostic(`requests: first ${first.requests}, again ${again.requests}, second ${second.requests}`);
  assert.equal(first.reply.items[0]?.drop, "acme-2026-04-10-1");
  assert.ok(first.requests <= 2 + 2 * (20 + 8), `${first.requests}`);
  assert.ok(again.requests <= 2 + 2 * 8, `${again.requests}: only what was read ahead of the page's end`);
  assert.ok(second.requests <= 2 + 2 * (20 + 8), `${second.requests}`);
});

test("a running drop that would take too many reads has no sums in a list, until it was read piece by piece", async () => {
  const world = new PipelineWorld();
  await writeLargeDrop(world.blobs, dropOf(1), { mailboxes: 600, chunks: 20, itemsEach: 10 }, world.clock.now());
  const api = new ApiWorld(world);
  const list = async () => {
    const before = api.requests;
    const [row] = (await api.ask(dropRoutes.listDrops)).items;
    return { row, requests: api.requests - before };
  };
  const first = await list();
  assert.deepEqual([first.row?.state, first.row?.equation], ["importing", undefined]);
  assert.ok(first.requests <= 520, `${first.requests}`);
  const second = await list();
  assert.equal(second.row?.equation?.open, 6000);
});

test("a page of mailboxes reads the runs once, and then what has moved", async () => {
  const world = new PipelineWorld();
  await writeLargeDrop(world.blobs, dropOf(1), { mailboxes: 300, chunks: 3, itemsEach: 10 }, world.clock.now());
  const api = new ApiWorld(world);
  const page = { params: { ...params, gen: "1" }, query: { limit: "100" } };
  assert.equal((await api.ask(generationRoutes.listMailboxes, page)).items.length, 100);
  const before = api.requests;
  await settle(world, 0, 5);
  const { items } = await api.ask(generationRoutes.listMailboxes, page);
  assert.equal(items[0]?.imported, 40);
  assert.ok(api.requests - before <= 5 + 6, `${api.requests - before}`);
});
