import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type DropView, dropRoutes } from "../../../shared/api/contract/drops.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { readReport } from "../../../shared/pipeline/read-report.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import type { QueueName } from "../../../shared/store/queues.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { connectorOf, dropOf, PipelineWorld, queueNames } from "../../support/pipeline-world.ts";
import { csvOf, oids, type Row, rowsOf } from "../../support/small-drop.ts";

const params = { drop: dropOf(1) };

/** One step of anything that is due, of the stages in an order; false when nothing is. */
async function step(world: PipelineWorld, order: readonly QueueName[]): Promise<boolean> {
  let worked = await world.takeEvent();
  for (const queue of order) worked ||= await world.takeFrom(queue);
  // Longer than an answer is shared.
  world.clock.turn(5000);
  return worked;
}

async function poll(api: ApiWorld): Promise<DropView> {
  return await api.ask(dropRoutes.readDrop, { params });
}

function requireEquation({ equation, isBalanced, imbalances }: DropView): void {
  assert.ok(equation !== undefined);
  const { available, imported, partial, skipped, failed, open } = equation;
  assert.equal(available, imported + partial + skipped + failed + open);
  assert.deepEqual([isBalanced, imbalances], [true, []]);
}

for (const [name, order] of [
  ["as early as it can be", queueNames.toReversed()],
  ["stage by stage", queueNames],
] as const) {
  test(`at every poll of a drop the equation holds with what is open, and is the report's own; bars never go back: ${name}`, async (t) => {
    await pollToTheEnd(t, order);
  });
}

async function pollToTheEnd(t: TestContext, order: readonly QueueName[]): Promise<void> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const group: Row[] = rowsOf("b", 30).map((row) => ({ ...row, to: ["bob", "cid", "eve"] }));
  world.put("a.csv", csvOf(rowsOf("a", 40)));
  world.put("b.csv", csvOf(group));
  // Each file is a chunk of its own, so that there is something to see between the stages.
  for (const word of ["c", "d", "e", "f"]) world.put(`${word}.csv`, csvOf(rowsOf(word, 10)));
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  await world.invoke((deps) => fetchDue(deps));
  const warm = new ApiWorld(world);
  const seen = new Set<string>();
  let done = new Map<string, number>();
  let polls = 0;
  do {
    const view = await poll(warm);
    seen.add(view.state);
    requireEquation(view);
    assert.deepEqual(await poll(new ApiWorld(world)), view, "a process that has seen nothing before says the same");
    const now = await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1));
    assert.ok(now !== undefined);
    const { equation, open, items, unmappedItems } = now.report;
    assert.deepEqual(view.equation, { ...equation, open });
    assert.deepEqual([view.items, view.unmappedItems], [items, unmappedItems]);
    for (const { stage, done: n, total } of view.bars) {
      assert.ok(n >= (done.get(stage) ?? 0), `${stage} went back`);
      assert.ok(total === undefined || n <= total, `${stage} is more than all`);
    }
    done = new Map(view.bars.map((bar) => [bar.stage, bar.done]));
    polls += 1;
  } while (await step(world, order));
  await world.invoke((deps) => sweep(deps));
  const closed = await poll(warm);
  assert.equal(closed.state, "closed");
  assert.deepEqual(
    closed.bars.filter((bar) => bar.done !== bar.total),
    [],
  );
  assert.deepEqual(closed.equation, {
    available: 80 + 90 + 80,
    imported: 80 + 90 + 80,
    partial: 0,
    skipped: 0,
    failed: 0,
    open: 0,
  });
  t.diagnostic(`${polls} polls, states ${[...seen].join(", ")}`);
  assert.ok(polls > 10 && seen.size >= 4, [...seen].join());
  if (order === queueNames) assert.ok(seen.has("importing"));
}

/** A drop of which ann's mailbox waits, bob's takes nothing, and cid's is done. */
async function halfway(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  world.mailboxOf(oids.ann).mishapOf = (creation) =>
    creation > 3 ? { stores: false, outcome: { type: "throttled", retryAfterInMs: 20 * 60_000 } } : undefined;
  world.mailboxOf(oids.bob).rootId = async () => ({
    type: "blocked",
    reason: "quota-exceeded",
    code: "ErrorQuotaExceeded",
  });
  world.put("a.csv", csvOf(rowsOf("a", 10).map((row) => ({ ...row, to: ["bob", "cid"] }))));
  await world.invoke((deps) => fetchDue(deps));
  await world.drain();
  return world;
}

test("half-way it tells what waits and until when, which mailboxes take nothing, and how many are in which state", async () => {
  const world = await halfway();
  const view = await poll(new ApiWorld(world));
  requireEquation(view);
  assert.equal(view.state, "importing");
  assert.deepEqual(view.mailboxStates, { pending: 0, running: 0, waiting: 1, done: 1, blocked: 1 });
  assert.deepEqual(view.needs, [{ kind: "blocked", count: 1, reason: "quota-exceeded", remedy: "reprocess" }]);
  const [waiting] = view.waiting;
  assert.deepEqual(
    [view.waiting.length, waiting?.what, waiting?.reason, waiting?.count],
    [1, "mailbox", "throttled", 1],
  );
  assert.equal(waiting?.open, view.equation?.open);
  assert.ok(Date.parse(waiting?.nextAt ?? "") > world.clock.now() + 15 * 60_000);
  assert.equal(view.pace?.left?.because, "waiting");
  assert.ok((view.pace?.left?.atLeastInMs ?? 0) > 15 * 60_000, "it is not said to be done before what waits goes on");
  assert.deepEqual(view.actions, { release: false, reprocess: false, restart: true, redrive: false });
});

test("while nobody asks for anything else one answer is shared for some seconds, and an action ends that", async () => {
  const world = await halfway();
  const api = new ApiWorld(world);
  await poll(api);
  const before = api.requests;
  await Promise.all([poll(api), poll(api), poll(api)]);
  assert.equal(api.requests - before, 3, "only the drop's own record is read again");
  const { etag } = await api.call(dropRoutes.readDrop, { params });
  assert.equal((await api.call(dropRoutes.readDrop, { params })).etag, etag);
  const moved = await api.ask(dropRoutes.restartDrop, { params, body: { generation: 1 } });
  assert.equal(moved.generation, 2);
  assert.equal((await poll(api)).generation, 2);
  assert.notEqual((await api.call(dropRoutes.readDrop, { params })).etag, etag);
});

test("a closed drop keeps its ETag whatever the time, and costs three requests", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  await world.fetch();
  const api = new ApiWorld(world);
  const first = await api.call(dropRoutes.readDrop, { params });
  world.clock.turn(3600_000);
  const before = api.requests;
  assert.equal((await api.call(dropRoutes.readDrop, { params })).etag, first.etag);
  assert.ok(api.requests - before <= 3, `${api.requests - before}`);
});
