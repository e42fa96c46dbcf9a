import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorName, dropId } from "../../../shared/chat/identifiers.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { countReleased, toGated } from "../../../shared/pipeline/gate.ts";
import { releaseDrop } from "../../../shared/pipeline/release-drop.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { paths } from "../../../shared/store/paths.ts";
import { putDocument, updateDocument } from "../../../shared/store/state-document.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";

const minute = 60_000;

async function worldWithLimit(itemLimit: number): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit }));
  return world;
}

function stored(world: PipelineWorld, ...containers: string[]): string[] {
  return world.blobs.all().filter((path) => containers.some((container) => path.startsWith(`${container}/`)));
}

test("a drop above the limit is held whole: nothing of it is opened, and it says so until somebody decides", async () => {
  const world = await worldWithLimit(5);
  world.put("one.csv", csvOf(rowsOf("one", 3)));
  world.put("two.csv", csvOf(rowsOf("two", 3)));
  await world.runFor(60 * minute);
  const { state, gate } = await world.drop(dropOf(1));
  assert.deepEqual([state, gate], ["held", { siteDayItems: 6, limit: 5 }]);
  assert.deepEqual(stored(world, "released", "chats", "routed", "work"), []);
  assert.deepEqual(world.textsIn(oids.ann), []);
  assert.equal(world.log.of("drop.held-at-gate").length, 1);
  assert.ok(world.log.of("drop.waits-for-release").length >= 10);
});

test("a drop of just the limit passes; without a limit any drop does", async () => {
  for (const [limit, items] of [
    [3, 3],
    [0, 30],
  ] as const) {
    const world = await worldWithLimit(limit);
    world.put("one.csv", csvOf(rowsOf("one", items)));
    await world.runUntilQuiet();
    assert.equal(world.textsIn(oids.ann).length, items);
  }
});

test("a held drop that is released by hand goes the whole way, and its record names who did it", async () => {
  const world = await worldWithLimit(2);
  world.put("one.csv", csvOf(rowsOf("one", 3)));
  await world.runUntilQuiet();
  const released = await releaseDrop(world.deps, dropOf(1), "admin@acme.example");
  assert.equal(released.outcome, "released");
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.bob).length, 3);
  assert.equal((await world.drop(dropOf(1))).releasedBy, "admin@acme.example");
});

test("only a held drop can be released, and the refusal says why", async () => {
  const world = await worldWithLimit(0);
  world.put("one.csv", csvOf(rowsOf("one", 1)));
  await world.runUntilQuiet();
  const refused = await releaseDrop(world.deps, dropOf(1), "admin");
  assert.deepEqual(refused, { outcome: "refused", reason: "The drop is closed, not held." });
  assert.deepEqual(await releaseDrop(world.deps, dropOf(9), "admin"), {
    outcome: "refused",
    reason: "There is no such drop.",
  });
});

test("what comes later on a site day counts together with what was let through before", async () => {
  const world = await worldWithLimit(5);
  world.put("one.csv", csvOf(rowsOf("one", 3)));
  await world.runUntilQuiet();
  world.put("two.csv", csvOf(rowsOf("two", 2)), siteMorning + minute);
  await world.fetch();
  world.put("three.csv", csvOf(rowsOf("three", 1)), siteMorning + 2 * minute);
  await world.fetch();
  const states = await Promise.all([1, 2, 3].map(async (seq) => (await world.drop(dropOf(seq))).state));
  assert.deepEqual(states, ["closed", "closed", "held"]);
  assert.deepEqual((await world.drop(dropOf(3))).gate, { siteDayItems: 6, limit: 5 });
  world.put("next-day.csv", csvOf(rowsOf("next", 5)), siteMorning + 24 * 60 * minute);
  await world.fetch();
  assert.equal((await world.drop(dropOf(1, "2026-06-05"))).state, "closed");
});

test("a held drop does not count, and does not hold a later small one", async () => {
  const world = await worldWithLimit(5);
  world.put("big.csv", csvOf(rowsOf("big", 9)));
  await world.runUntilQuiet();
  world.put("small.csv", csvOf(rowsOf("small", 2)), siteMorning + minute);
  await world.fetch();
  assert.equal((await world.drop(dropOf(2))).state, "closed");
  assert.equal((await world.drop(dropOf(1))).state, "held");
});

test("a later drop of the day counts what a drop has that is being reprocessed meanwhile", async () => {
  const world = await worldWithLimit(5);
  world.put("one.csv", csvOf(rowsOf("one", 4)));
  await world.runUntilQuiet();
  const one = await reprocessDrop(world.deps, dropOf(1));
  assert.equal(one.outcome === "started" && one.drop.gen, 2);
  await updateDocument(
    world.blobs,
    paths.open(dropOf(1)),
    dropState,
    (now) => ({ ...now, state: "collecting" as const }),
    {
      writer: "test",
    },
  );
  const second = { ...(await world.drop(dropOf(1))), id: dropOf(2), seq: 2, gen: 1, items: 2 };
  assert.equal(await countReleased(world.blobs, second), 4);
});

test("of two drops that are decided at the same time the later one counts the earlier one", async () => {
  const world = await worldWithLimit(0);
  world.put("one.csv", csvOf(rowsOf("one", 4)));
  await world.runUntilQuiet();
  const closed = await world.drop(dropOf(1));
  const counted = { ...closed, state: "counted" as const };
  await world.blobs.remove(paths.closed(dropOf(1)));
  await putDocument(world.blobs, paths.open(dropOf(1)), dropState, () => counted, { writer: "test" });
  const second = { ...counted, id: dropOf(2), seq: 2 };
  await putDocument(world.blobs, paths.open(dropOf(2)), dropState, () => second, { writer: "test" });
  assert.deepEqual([await countReleased(world.blobs, counted), await countReleased(world.blobs, second)], [0, 4]);
});

test("another connector whose name begins alike is no part of the day", async () => {
  const world = await worldWithLimit(0);
  world.put("one.csv", csvOf(rowsOf("one", 4)));
  await world.runUntilQuiet();
  const own = await world.drop(dropOf(1));
  assert.equal(await countReleased(world.blobs, { ...own, id: dropOf(7) }), 4);
  const odd = {
    ...own,
    id: dropId.parse("acme-2026-06-04-7-2026-06-05-1"),
    connector: connectorName.parse("acme-2026-06-04-7"),
  };
  await putDocument(world.blobs, paths.closed(odd.id), dropState, () => odd, { writer: "test" });
  assert.equal(await countReleased(world.blobs, { ...own, id: dropOf(7) }), 4);
});

test("a generation passes with what an earlier one was let through with, and not with more", async () => {
  const world = await worldWithLimit(0);
  world.put("one.csv", csvOf(rowsOf("one", 4)));
  await world.runUntilQuiet();
  const again = { ...(await world.drop(dropOf(1))), gen: 2, state: "counted" as const, admitted: 4 };
  assert.equal(toGated(again, 5, 3, 0).state, "released");
  assert.equal(toGated({ ...again, items: 5 }, 5, 3, 0).state, "held");
});
