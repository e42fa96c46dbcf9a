import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Random } from "../../../local/sample/random.ts";
import { fetchConnector } from "../../../shared/pipeline/fetch-connector.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import type { Blobs, Lease } from "../../../shared/store/blobs.ts";
import { acme, type PipelineWorld, type WorldDeps } from "../../support/pipeline-world.ts";
import { beginDrop, faultless, forEach, numbersOf, outcomeOf } from "./a-drop.ts";

const plainMethods = ["now", "writer", "list"];

/** Lets every call to storage take a moment of its own, so that what runs side by side meets in ever new ways. */
function dawdling(deps: WorldDeps, random: Random, isLocked: (path: string) => boolean): WorldDeps {
  const blobs: Blobs = new Proxy(deps.blobs, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (plainMethods.includes(String(key))) return member.bind(target);
      return async (...args: unknown[]) => {
        for (let turns = random.int(0, 4); turns > 0; turns -= 1) await setImmediate();
        if (key === "lease" && !isLocked(String(args[0]))) return freeForAll;
        return member.apply(target, args);
      };
    },
  });
  return { ...deps, blobs, import: { ...deps.import, blobs } };
}

/** A lease that everybody has at once, as it looks to somebody who was frozen while his own ran out. */
const freeForAll: Lease = { isFresh: () => true, renew: async () => true, release: async () => undefined };

async function runSideBySide(seed: number, isLocked: (path: string) => boolean): Promise<PipelineWorld> {
  const world = await beginDrop();
  const random = new Random(String(seed));
  const processes = [world.start(), world.start()].map(({ deps }) => dawdling(deps, random, isLocked));
  world.workers = processes;
  for (let rounds = 0; rounds < 30; rounds += 1) {
    const fetches = processes.map((deps) => fetchConnector(deps, acme));
    const sweeps = processes.map((deps) => sweep(deps));
    await Promise.allSettled([...fetches, ...sweeps, ...processes.map(() => world.drain())]);
    world.clock.turn(60_000);
  }
  world.workers = [];
  await world.runUntilQuiet(24 * 3600_000);
  return world;
}

test("what two processes do side by side ends as if one had done it, however they meet", async () => {
  const { calls: _, ...expected } = await faultless();
  await forEach(numbersOf(60, 2), async (seed) => {
    assert.deepEqual(await outcomeOf(await runSideBySide(seed, () => true)), expected);
  });
});

test("so it does when no lease keeps two fetches, two resolutions or two cleanings apart", async () => {
  const { calls: _, ...expected } = await faultless();
  await forEach(numbersOf(60, 2), async (seed) => {
    const isOfMailbox = (path: string) => /lock\/[0-9a-f]{8}-/.test(path);
    assert.deepEqual(await outcomeOf(await runSideBySide(seed, isOfMailbox)), expected);
  });
});
