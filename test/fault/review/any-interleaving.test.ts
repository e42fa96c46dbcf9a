import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { CreateOutcome, Mailbox } from "../../../shared/import/mailbox.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import type { Lease } from "../../../shared/store/blobs.ts";
import { chatLineOf, ImportWorld, type Line, sentAt } from "../../support/import-world.ts";

const day = 86_400_000;
const synchronous = new Set(["now", "isFresh", "list", "listKeys", "writer"]);
/** More than these are to be had by `node test/fault/review/any-interleaving.test.ts 3000`. */
const seeds = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 60);

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

/** What happens to the port calls of all workers: pauses, freezes of many minutes, faults before and after the effect. */
class Weather {
  isCalm = false;
  readonly #random: () => number;
  readonly #frozen: (() => void)[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Lets every frozen worker go on. */
  thaw(): void {
    for (const goOn of this.#frozen.splice(0)) goOn();
  }

  /** Resolves to whether it was frozen. */
  async pause(): Promise<boolean> {
    if (this.isCalm) return false;
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns -= 1) await setImmediate();
    if (this.#random() > 0.01) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#frozen.push(resolve);
    await promise;
    return true;
  }

  fail(): void {
    if (!this.isCalm && this.#random() < 0.015) throw new Error("a fault");
  }

  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (synchronous.has(String(name))) return (...given: unknown[]) => Reflect.apply(member, target, given);
        return async (...given: unknown[]) => {
          await this.pause();
          this.fail();
          const result: unknown = await Reflect.apply(member, target, given);
          await this.pause();
          this.fail();
          return result;
        };
      },
    });
  }

  /** A creation lasts no longer than its time limit: one that is frozen before its effect has none. */
  wrapMailbox(mailbox: Mailbox): Mailbox {
    const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "timed-out" };
    const create: Mailbox["create"] = async (folderId, item, maySend) => {
      if (await this.pause()) return lost;
      const outcome = await mailbox.create(folderId, item, maySend);
      if (await this.pause()) return lost;
      return !this.isCalm && this.#random() < 0.05 ? lost : outcome;
    };
    return new Proxy(this.wrap(mailbox), {
      get: (target, name) => (name === "create" ? create : Reflect.get(target, name)),
    });
  }
}

const always: Lease = { isFresh: () => true, renew: async () => true, release: async () => undefined };

function linesOf(random: () => number): Line[] {
  const lines = Array.from({ length: 6 + Math.floor(random() * 14) }, (_, position) => {
    const word = Math.floor(random() * 16);
    return { item: chatLineOf(`w${word}`, { position, sentAt: sentAt + (word % 3) * day }) };
  });
  return lines.toSorted((a, b) => a.item.sentAt - b.item.sentAt);
}

async function storm(seed: number): Promise<void> {
  const random = randomOf(seed);
  const world = new ImportWorld({ itemsPerBatch: 3, blocksPerFile: 2 + (seed % 3), sliceInMs: 20_000 });
  const weather = new Weather(random);
  world.mailbox.lagInMs = Math.floor(random() * 14) * 60_000;
  const hasLeases = seed % 2 === 0;
  const lists = [linesOf(random), linesOf(random)];
  for (const [i, lines] of lists.entries()) await world.begin(lines, i + 1);
  const workers = new Set<Promise<void>>();
  const start = (): void => {
    const taken = world.queues.take("mailboxes", 120_000);
    if (taken === undefined) return;
    const deps = world.depsOf();
    const blobs = weather.wrap(deps.blobs);
    const work = importMailbox(
      {
        ...deps,
        blobs: hasLeases
          ? blobs
          : new Proxy(blobs, {
              get: (target, name) => (name === "lease" ? async () => always : Reflect.get(target, name)),
            }),
        queues: weather.wrap(deps.queues),
        mailboxOf: (oid) => weather.wrapMailbox(deps.mailboxOf(oid)),
      },
      taken.task,
    ).then(
      () => taken.acknowledge(),
      () => taken.putBack(30_000),
    );
    workers.add(work);
    void work.finally(() => workers.delete(work));
  };
  for (let round = 0; round < 12; round += 1) {
    for (let n = 0; n < 3; n += 1) start();
    for (let turns = 0; turns < 400; turns += 1) await setImmediate();
    world.clock.turn(Math.floor(random() * 4) * 5 * 60_000);
    if (random() < 0.5) weather.thaw();
  }
  weather.isCalm = true;
  while (workers.size > 0) {
    weather.thaw();
    await setImmediate();
  }
  const words = new Set(lists.flat().map(({ item }) => item.key));
  let imported = 0;
  for (const [i, lines] of lists.entries()) {
    const { counts } = await world.runToEnd(i + 1);
    assert.equal(counts.imported + counts.skipped + counts.failed, lines.length, `seed ${seed}: the equation`);
    assert.equal(counts.failed, 0, `seed ${seed}: nothing fails`);
    imported += counts.imported;
  }
  assert.deepEqual(world.mailbox.counts(), Object.fromEntries([...words].map((key) => [key, 1])), `seed ${seed}`);
  assert.equal(imported, words.size, `seed ${seed}: imported counts each item once`);
}

test(`two drops with the same items, three workers at once, frozen and failing anywhere: ${seeds} storms, each item once`, async () => {
  for (let seed = 1; seed <= seeds; seed += 1) await storm(seed);
});
