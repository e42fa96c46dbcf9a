import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ImportDeps } from "../../../shared/pipeline/import-deps.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import type { Blobs, Lease } from "../../../shared/store/blobs.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";
import { beginDay, expected } from "./a-day.ts";

const onceEach = Object.fromEntries(expected.map((word) => [keyOf(word), 1]));
const minute = 60_000;

/** Blobs that stop at the n-th append or replace, before or after its effect, until `goOn` is called. */
function frozenAt(method: "append" | "replace", blobs: Blobs, nth: number, when: "before" | "after") {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  let calls = 0;
  const freeze = async (moment: "before" | "after") => {
    if (calls !== nth || moment !== when) return;
    reach();
    await promise;
  };
  const frozen = new Proxy(blobs, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== method) return member.bind(target);
      return async (...args: unknown[]) => {
        calls += 1;
        await freeze("before");
        const result: unknown = await Reflect.apply(member, target, args);
        await freeze("after");
        return result;
      };
    },
  });
  return { blobs: frozen, reached, goOn: resolve };
}

/** Blobs whose leases are given to everybody and are always fresh: the ledger alone must do. */
function withLyingLeases(blobs: Blobs): Blobs {
  const lease: Lease = { isFresh: () => true, renew: async () => true, release: async () => undefined };
  return new Proxy(blobs, {
    get: (target, name) => {
      if (name === "lease") return async () => lease;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

test("a worker that loses its lease in the middle of a creation neither appends nor creates any more", async () => {
  const world = new ImportWorld();
  await beginDay(world);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  world.mailbox.onCreate = async (moment) => {
    if (moment !== "before" || world.mailbox.creations > 1) return;
    hold();
    await gate;
  };
  const zombie = importMailbox(world.depsOf(), world.taskOf());
  await isHeld;

  world.clock.turn(61_000);
  await world.tryOnce();
  const [ledger, creations] = [world.blobs.all().filter((path) => path.startsWith("ledger/")), world.mailbox.creations];
  const before = await Promise.all(ledger.map((path) => world.blobs.read(path)));
  open();
  assert.deepEqual(await zombie, { outcome: "put-off", because: "overtaken" });
  assert.equal(world.mailbox.creations, creations);
  const after = await Promise.all(ledger.map((path) => world.blobs.read(path)));
  assert.deepEqual(
    after.map((blob) => blob?.bytes.toString()),
    before.map((blob) => blob?.bytes.toString()),
  );
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), onceEach);
});

for (const [name, leases] of [
  ["its lease", (blobs: Blobs) => blobs],
  ["the intent's age alone, where every lease lies,", withLyingLeases],
] as const) {
  test(`a worker that slept for twenty minutes between intent and creation is stopped by ${name}`, async () => {
    const world = new ImportWorld();
    await beginDay(world);
    const deps = world.depsOf();
    const { blobs, reached, goOn } = frozenAt("append", deps.blobs, 3, "after");
    const zombie = importMailbox({ ...deps, blobs: leases(blobs) }, world.taskOf());
    await Promise.race([reached, zombie]);
    const created = world.mailbox.creations;
    world.clock.turn(2 * minute);
    const successor = { ...world.depsOf(), blobs: leases(world.blobs) };
    const first = await importMailbox(successor, world.taskOf());
    assert.equal(first.outcome, "continued");
    world.clock.turn(18 * minute);
    assert.equal((await importMailbox(successor, world.taskOf(1, 1))).outcome, "done");
    assert(world.mailbox.creations > created);
    goOn();
    await zombie;
    assert.deepEqual(world.mailbox.counts(), onceEach);
  });
}

test("a worker whose clock stood still while it slept is stopped by its lease: its intent looks young to it", async () => {
  const world = new ImportWorld();
  await beginDay(world);
  const deps = world.depsOf();
  const { blobs, reached, goOn } = frozenAt("append", withStandingClock(deps.blobs), 3, "after");
  const zombie = importMailbox({ ...deps, blobs }, world.taskOf());
  await Promise.race([reached, zombie]);
  world.clock.turn(2 * minute);
  await world.runToEnd();
  goOn();
  await zombie;
  assert.deepEqual(world.mailbox.counts(), onceEach);
});

/** Blobs whose clock has stopped. */
function withStandingClock(blobs: Blobs): Blobs {
  const at = blobs.now();
  return new Proxy(blobs, {
    get: (target, name) => {
      if (name === "now") return () => at;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

test("a worker that wakes when the run has gone on does not set it back", async () => {
  const world = new ImportWorld({ sliceInMs: 0 });
  const words = Array.from({ length: 12 }, (_, position) => ({ item: chatLineOf(`word ${position}`, { position }) }));
  await world.begin(words);
  const deps = world.depsOf();
  const { blobs, reached, goOn } = frozenAt("replace", deps.blobs, 2, "before");
  const zombie = importMailbox({ ...deps, blobs }, world.taskOf());
  await Promise.race([reached, zombie]);
  world.clock.turn(61_000);
  assert.equal((await importMailbox(world.depsOf(), world.taskOf(1, 0))).outcome, "continued");
  assert.equal((await importMailbox(world.depsOf(), world.taskOf(1, 1))).outcome, "continued");
  const run = await world.run();
  assert.equal(run.slice, 2);
  goOn();
  assert.deepEqual(await zombie, { outcome: "out-of-date" });
  assert.deepEqual(await world.run(), run);
  await world.runToEnd();
  assert.equal(world.mailbox.items.length, 12);
});

for (const when of ["before", "after"] as const) {
  for (let nth = 1; nth <= 5; nth += 1) {
    test(`a worker frozen ${when} append ${nth} while another does all its work changes nothing when it wakes`, async () => {
      const world = new ImportWorld();
      await beginDay(world);
      const deps = world.depsOf();
      const { blobs, reached, goOn } = frozenAt("append", deps.blobs, nth, when);
      const zombie = importMailbox({ ...deps, blobs }, world.taskOf());
      await Promise.race([reached, zombie]);
      world.clock.turn(61_000);
      await world.runToEnd();
      const result = await world.result();
      goOn();
      await zombie;
      await world.runToEnd();
      assert.deepEqual(world.mailbox.counts(), onceEach);
      assert.deepEqual(await world.result(), result);
    });
  }
}

test("several workers at once import each item once though every lease lies: the ledger fences by itself", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = new ImportWorld();
    await beginDay(world);
    const random = randomOf(seed);
    world.mailbox.onCreate = async () => pauseAtRandom(random);
    const worker = async (deps: ImportDeps, slice: number) => {
      await pauseAtRandom(random);
      return importMailbox(
        { ...deps, blobs: withSlowAppends(withLyingLeases(deps.blobs), random) },
        world.taskOf(1, slice),
      );
    };
    for (let round = 0; round < 6; round += 1) {
      const run = await world.run();
      if (run.state === "done") break;
      await Promise.allSettled([1, 2, 3].map(() => worker(world.depsOf(), run.slice)));
      world.clock.turn(16 * minute);
    }
    await world.runToEnd();
    assert.deepEqual(world.mailbox.counts(), onceEach, `seed ${seed}`);
  }
});

function withSlowAppends(blobs: Blobs, random: () => number): Blobs {
  return new Proxy(blobs, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== "append") return member.bind(target);
      return async (...args: Parameters<Blobs["append"]>) => {
        await pauseAtRandom(random);
        const result = await target.append(...args);
        await pauseAtRandom(random);
        return result;
      };
    },
  });
}

async function pauseAtRandom(random: () => number): Promise<void> {
  for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await setImmediate();
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
