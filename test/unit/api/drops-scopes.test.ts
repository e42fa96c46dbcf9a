import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { dropRoutes } from "../../../shared/api/contract/drops.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { SetupWorld } from "../../support/setup-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const params = { drop: dropOf(1) };
const whole = { generation: 1, available: 16, failed: 1 };

interface Case {
  /** Whether the reprocessing is done. */
  readonly ends: boolean;
  /** Whether the file is done again in which an item failed. */
  readonly mends?: boolean;
}

/** A closed day of two files, of which one item failed, and then one file reprocessed. */
async function worldOf({ ends, mends = false }: Case): Promise<{ world: PipelineWorld; api: ApiWorld }> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.mailboxOf(oids.ann).mishapOf = (creation) =>
    creation === 2 ? { stores: false, outcome: { type: "refused", reason: "too-large", becauseOf: [] } } : undefined;
  world.put("a.csv", csvOf(rowsOf("a", 4)));
  world.put("b.csv", csvOf(rowsOf("b", 4)));
  await world.invoke((deps) => fetchDue(deps));
  await world.drain();
  await world.runUntilQuiet();
  const api = new ApiWorld(world);
  const { files, failures } = await world.report(dropOf(1));
  const file = files.find(({ id }) => failures[0]?.source.startsWith(`${id}:`) === mends);
  const scope = { type: "files", files: [file?.id] };
  await api.call(dropRoutes.reprocessDrop, { params, body: { generation: 1, scope } });
  if (ends) await world.runUntilQuiet();
  return { world, api };
}

for (const ends of [true, false]) {
  test(`the whole day's figures stay in the list and on the page while one file is ${ends ? "done again" : "being done"}`, async () => {
    const { api } = await worldOf({ ends });
    const { items } = await api.ask(dropRoutes.listDrops);
    const view = await api.ask(dropRoutes.readDrop, { params });
    for (const shown of [items[0], view]) {
      assert.deepEqual([shown?.generation, shown?.scope, shown?.scopeCount], [2, "files", 1]);
      const { generation, equation, isBalanced, unmappedItems } = shown?.whole ?? {};
      assert.deepEqual({ generation, available: equation?.available, failed: equation?.failed }, whole);
      assert.deepEqual([isBalanced, unmappedItems, shown?.whole?.items], [true, 0, 8]);
      assert.equal(shown?.whole?.stillFailed, 1);
    }
    if (ends) assert.equal(view.equation?.available, 8, "the newest generation keeps its own");
    assert.deepEqual(
      view.generations.map(({ generation, scope, scopeCount }) => [generation, scope, scopeCount]),
      [
        [2, "files", 1],
        [1, "drop", undefined],
      ],
    );
  });
}

test("what failed in a file needs nobody any more once the file was done again", async () => {
  const { api } = await worldOf({ ends: true, mends: true });
  const view = await api.ask(dropRoutes.readDrop, { params });
  assert.deepEqual([view.whole?.equation?.failed, view.whole?.stillFailed, view.needs], [1, 0, []]);
});

test("a generation of the whole drop needs no other's figures, and takes the place of the older whole one", async () => {
  const { world, api } = await worldOf({ ends: true });
  await api.call(dropRoutes.reprocessDrop, { params, body: { generation: 2 } });
  await world.runUntilQuiet();
  const third = await api.ask(dropRoutes.readDrop, { params });
  assert.deepEqual([third.scope, third.scopeCount, third.whole], ["drop", undefined, undefined]);
  const mailboxes = [`${oids.ann}.0`, `${oids.bob}.0`];
  const body = { generation: 3, scope: { type: "mailboxes", mailboxes } };
  await api.call(dropRoutes.reprocessDrop, { params, body });
  await world.runUntilQuiet();
  const fourth = await api.ask(dropRoutes.readDrop, { params });
  assert.deepEqual([fourth.scopeCount, fourth.whole?.generation], [2, 3]);
});

test("the connectors' list tells the whole day too, and what needs a hand in all of it", async () => {
  const { world } = await worldOf({ ends: true });
  const setup = new SetupWorld(world.blobs);
  setup.now = () => world.clock.now();
  const { lastDrop } = (await setup.do(connectorRoutes.readConnector)).body;
  assert.deepEqual([lastDrop?.drop, lastDrop?.gen], [dropOf(1), 2]);
  assert.deepEqual([lastDrop?.equation?.available, lastDrop?.items], [16, 8]);
  assert.deepEqual(
    lastDrop?.needs.map(({ kind, count }) => [kind, count]),
    [["failed", 1]],
  );
});
