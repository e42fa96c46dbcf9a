import assert from "node:assert/strict";
import { test } from "node:test";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import type { Lease } from "../../../shared/store/blobs.ts";
import { ImportWorld, keyOf } from "../../support/import-world.ts";
import { beginDay, expected } from "./a-day.ts";

const onceEach = Object.fromEntries(expected.map((word) => [keyOf(word), 1]));
const minute = 60_000;
const synchronous = new Set(["now", "isFresh", "writer", "list", "listKeys"]);

type Moment = "before" | "after";

/** Ports whose calls are counted in one row; one of them stands still, before or after its effect, until `thaw`. */
class Freezer {
  calls = 0;
  readonly reached: Promise<string>;
  readonly thaw: () => void;
  readonly #thawed: Promise<void>;
  readonly #reach: (call: string) => void;
  readonly #nth: number;
  readonly #moment: Moment;

  constructor(nth: number, moment: Moment) {
    const [reached, thawed] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
    this.reached = reached.promise;
    this.#reach = reached.resolve;
    this.#thawed = thawed.promise;
    this.thaw = thawed.resolve;
    this.#nth = nth;
    this.#moment = moment;
  }

  wrap<T extends object>(port: T, name: string): T {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        const call = `${name}.${String(key)}`;
        if (synchronous.has(String(key)))
          return (...args: unknown[]) => this.#wrapPort(member.apply(target, args), call);
        return async (...args: unknown[]) =>
          this.#wrapPort(await this.#call(call, () => member.apply(target, args)), call);
      },
    });
  }

  async #call(call: string, run: () => unknown): Promise<unknown> {
    this.calls += 1;
    const isIt = this.calls === this.#nth;
    if (isIt && this.#moment === "before") await this.#freeze(call);
    const result = await run();
    if (isIt && this.#moment === "after") await this.#freeze(call);
    return result;
  }

  async #freeze(call: string): Promise<void> {
    this.#reach(call);
    await this.#thawed;
  }

  /** Leases and writers are ports too. */
  #wrapPort(result: unknown, call: string): unknown {
    const isPort = typeof result === "object" && result !== null && ("renew" in result || "commit" in result);
    return isPort ? this.wrap(result, call) : result;
  }
}

const forEverybody: Lease = { isFresh: () => true, renew: async () => true, release: async () => undefined };

function depsOf(world: ImportWorld, leasesLie: boolean) {
  const deps = world.depsOf();
  if (!leasesLie) return deps;
  const blobs = new Proxy(deps.blobs, {
    get: (target, key) => (key === "lease" ? async () => forEverybody : Reflect.get(target, key)),
  });
  return { ...deps, blobs };
}

/** A worker that stands still at a call; undefined when it has fewer. */
async function freeze(world: ImportWorld, nth: number, { moment, leasesLie }: { moment: Moment; leasesLie: boolean }) {
  const freezer = new Freezer(nth, moment);
  const deps = depsOf(world, leasesLie);
  const mailbox = freezer.wrap(world.mailbox, "mailbox");
  const [blobs, queues] = [freezer.wrap(deps.blobs, "blobs"), freezer.wrap(deps.queues, "queues")];
  const zombie = importMailbox({ ...deps, blobs, queues, mailboxOf: () => mailbox }, world.taskOf());
  const call = await Promise.race([freezer.reached, zombie.then(() => undefined)]);
  return call === undefined ? undefined : { call, thaw: freezer.thaw, zombie };
}

async function ledgersOf(world: ImportWorld): Promise<string[]> {
  const paths = world.blobs.all().filter((path) => path.startsWith("ledger/"));
  return Promise.all(paths.map(async (path) => `${path} ${(await world.blobs.read(path))?.bytes}`));
}

/** Lets the frozen worker go on to its end: it may have created nothing and written nothing into the ledger. */
async function thawAndCheck(world: ImportWorld, frozen: { thaw: () => void; zombie: Promise<unknown> }, where: string) {
  const before = [world.mailbox.creations, await ledgersOf(world)];
  frozen.thaw();
  await frozen.zombie.catch((error: unknown) => world.errors.push(error));
  assert.deepEqual([world.mailbox.creations, await ledgersOf(world)], before, where);
}

for (const leasesLie of [false, true]) {
  for (const moment of ["before", "after"] as const) {
    const which = leasesLie ? "though every lease lies" : "whose lease ends meanwhile";
    test(`a worker that stands still ${moment} any of its calls, ${which}, creates and writes nothing more when it wakes`, async (t) => {
      const reached = new Set<string>();
      let nth = 1;
      for (; ; nth += 1) {
        const world = new ImportWorld();
        await beginDay(world);
        const frozen = await freeze(world, nth, { moment, leasesLie });
        if (frozen === undefined) break;
        const where = `${moment} call ${nth}, ${frozen.call}`;
        reached.add(frozen.call);
        world.clock.turn(61_000);
        const run = await world.runToEnd();
        assert.equal(run.state, "done", where);
        const result = await world.result();
        await thawAndCheck(world, frozen, where);
        await world.runToEnd();
        assert.deepEqual(world.mailbox.counts(), onceEach, where);
        assert.deepEqual([await world.run(), await world.result()], [run, result], where);
      }
      for (const call of ["mailbox.create", "blobs.append", "blobs.lease", "mailbox.findFolders"]) {
        assert(reached.has(call), `${call} among ${[...reached]}`);
      }
      t.diagnostic(`${nth - 1} freezes`);
    });
  }
}

/** Graph takes so many creations more and then asks for four minutes. */
function stopAfter(world: ImportWorld, more: number): void {
  const { mishapOf, creations } = world.mailbox;
  const outcome = { type: "throttled", retryAfterInMs: 4 * minute } as const;
  world.mailbox.mishapOf = (creation, item) =>
    creation === creations + more ? { stores: false, outcome } : mishapOf(creation, item);
}

test("a worker that wakes while its successor is in the middle of the list leaves everything to it", async (t) => {
  let freezes = 0;
  for (const moment of ["before", "after"] as const) {
    for (let nth = 1; ; nth += 1) {
      const world = new ImportWorld();
      await beginDay(world);
      const frozen = await freeze(world, nth, { moment, leasesLie: false });
      if (frozen === undefined) break;
      freezes += 1;
      const where = `${moment} call ${nth}, ${frozen.call}`;
      world.clock.turn(61_000);
      stopAfter(world, 2);
      await importMailbox(world.depsOf(), world.taskOf());
      const isOver = (await world.run()).slice > 0 || (await world.run()).state === "done";
      // Where the successor was put off, the frozen one has not been overtaken yet, and may go on.
      if (isOver) await thawAndCheck(world, frozen, where);
      else frozen.thaw();
      await frozen.zombie.catch((error: unknown) => world.errors.push(error));
      await world.runToEnd();
      assert.deepEqual(world.mailbox.counts(), onceEach, where);
    }
  }
  t.diagnostic(`${freezes} freezes`);
});

for (const minutes of [1, 2, 5, 14]) {
  test(`a creation that is under way when the lease ends, and takes effect ${minutes} minutes later, is not made twice`, async (t) => {
    let overtaken = 0;
    for (let nth = 1; nth <= expected.length; nth += 1) {
      const world = new ImportWorld();
      await beginDay(world);
      const [gate, underWay] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let stored = 0;
      world.mailbox.onCreate = async (moment) => {
        stored += moment === "before" ? 1 : 0;
        if (moment !== "before" || stored !== nth) return;
        underWay.resolve();
        await gate.promise;
      };
      const startedAt = world.clock.now();
      const zombie = importMailbox(world.depsOf(), world.taskOf());
      await underWay.promise;
      world.clock.turn(61_000);
      do {
        if ((await world.tryOnce()) === "nothing") world.clock.turn(10_000);
      } while (world.clock.now() - startedAt < minutes * minute);
      const before = await ledgersOf(world);
      gate.resolve();
      await zombie;
      // Another lane may have renewed the lease in time: then nobody has overtaken it, and it goes on.
      const isOvertaken = before.some((text) => text.includes("B\twriter-2\t"));
      if (isOvertaken) assert.deepEqual(await ledgersOf(world), before, `creation ${nth}`);
      overtaken += isOvertaken ? 1 : 0;
      assert.equal((await world.runToEnd()).state, "done");
      assert.deepEqual(world.mailbox.counts(), onceEach, `creation ${nth}`);
    }
    assert(overtaken > 0);
    t.diagnostic(`${expected.length} creations, overtaken in ${overtaken}`);
  });
}
