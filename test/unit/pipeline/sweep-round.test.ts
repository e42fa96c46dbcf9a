import assert from "node:assert/strict";
import { test } from "node:test";
import { QuietSweeps, sweepRound } from "../../../shared/pipeline/sweep-round.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;

/** Sweeps of one process, five minutes apart; each says whether it measured. */
function sweepsOf(world: PipelineWorld, quietSweeps = new QuietSweeps(14 * minute)): () => Promise<boolean> {
  return async () => {
    const before = world.log.of("drops.measured").length;
    await sweepRound({ ...world.deps, queueDepths: world.queues, quietSweeps });
    world.clock.turn(5 * minute);
    return world.log.of("drops.measured").length > before;
  };
}

async function times(sweep: () => Promise<boolean>, count: number): Promise<boolean[]> {
  const ends: boolean[] = [];
  for (let n = 0; n < count; n += 1) ends.push(await sweep());
  return ends;
}

test("with nothing open every third sweep does everything, and so does the first of a process", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const seldom = [true, false, false, true, false, false, true];
  assert.deepEqual(await times(sweepsOf(world), 7), seldom);
  assert.deepEqual(await times(sweepsOf(world), 1), [true]);
});

test("a sweep asks storage for open drops once, and one in between for nothing else", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const quietSweeps = new QuietSweeps(14 * minute);
  const asked: string[] = [];
  const blobs = new Proxy(world.deps.blobs, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method);
      if (typeof value !== "function" || method === "now") return value;
      return (path: BlobPath, ...rest: unknown[]): unknown => {
        asked.push(`${String(method)} ${path}`);
        return Reflect.apply(value, target, [path, ...rest]);
      };
    },
  });
  await sweepRound({ ...world.deps, blobs, queueDepths: world.queues, quietSweeps });
  const lists = ["list state/open/", "list state/unclean/", "list state/connector/"];
  assert.deepEqual(
    asked.filter((one) => one.startsWith("list")),
    lists,
  );
  asked.length = 0;
  const queueDepths = {
    depthOf: async () => {
      throw new Error("nobody asks how long the queues are");
    },
  };
  await sweepRound({ ...world.deps, blobs, queueDepths, quietSweeps });
  assert.deepEqual(asked, ["list state/open/"]);
});

test("while a drop is open each sweep does everything, and once more when it is closed", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 1 }));
  const sweep = sweepsOf(world);
  await times(sweep, 2);
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.fetch();
  assert.equal((await world.drop(dropOf(1))).state, "held");
  assert.deepEqual(await times(sweep, 4), [true, true, true, true]);
  await world.blobs.remove(`state/open/${dropOf(1)}`);
  assert.deepEqual(await times(sweep, 4), [true, false, false, true]);
});

test("what has failed is tried again by the next sweep, and keeps nothing else from being done", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const quietSweeps = new QuietSweeps(14 * minute);
  const { deps } = world;
  await sweepsOf(world, quietSweeps)();
  world.clock.turn(10 * minute);
  const depths = { depthOf: async () => Promise.reject(new Error("queues are away")) };
  const failing = { ...deps, queueDepths: depths, quietSweeps };
  await assert.rejects(sweepRound(failing), /queues are away/);
  await assert.rejects(sweepRound(failing), /queues are away/);
  assert.deepEqual(await times(sweepsOf(world, quietSweeps), 2), [true, false]);
});

test("a sweep that cannot list open drops says how much waits all the same, and fails", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.blobs.create("state/open/no drop", Buffer.from("{}"));
  await assert.rejects(sweepsOf(world)(), /is no drop's record/);
  assert.equal(world.log.of("connector.measured").length, 1);
});

test("where open drops cannot be listed at all, queues and plaintext are looked at all the same", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const asked: BlobPath[] = [];
  const blobs = new Proxy(world.deps.blobs, {
    get(target, method) {
      if (method !== "list") return Reflect.get(target, method);
      return (prefix: BlobPath): unknown => {
        asked.push(prefix);
        if (prefix === "state/open/") throw new Error("storage lists nothing");
        return target.list(prefix);
      };
    },
  });
  const quietSweeps = new QuietSweeps(14 * minute);
  const deps = { ...world.deps, blobs, queueDepths: world.queues, quietSweeps };
  await assert.rejects(sweepRound(deps), /storage lists nothing/);
  assert.ok(asked.includes("state/unclean/"));
  assert.equal(world.log.of("queue.measured").length, 5);
});
