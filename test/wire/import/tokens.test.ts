import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBook, type TokenBook } from "../../../local/entra/token-book.ts";
import type { TokenSource } from "../../../shared/graph/access-token.ts";
import { chatLineOf, type ImportWorld, type TurningClock } from "../../support/import-world.ts";
import { toBalance, WireWorld } from "../../support/wire-import.ts";

const lines = Array.from({ length: 12 }, (_, position) => ({ item: chatLineOf(`item ${position}`, { position }) }));
const hour = 3_600_000;

interface Entra {
  readonly tokens: TokenBook;
  readonly credential: TokenSource;
  /** What it was asked for. */
  readonly asked: { claims?: string }[];
  /** Gives tokens that are no good, or none at all. */
  state: "good" | "useless" | "away";
}

/** Entra by the clock of both sides, with tokens of an hour. */
function entraBy(clock: TurningClock): Entra {
  const tokens = createTokenBook(clock);
  const entra: Entra = {
    tokens,
    asked: [],
    state: "good",
    credential: {
      getToken: async (_scopes, options) => {
        entra.asked.push(options);
        if (entra.state === "away") throw new Error("Entra is away");
        const token = tokens.issue("graph", "app", hour);
        if (entra.state === "useless") tokens.revokeAll();
        return { token, expiresOnTimestamp: clock.now() + hour };
      },
    },
  };
  return entra;
}

async function start() {
  const made: Entra[] = [];
  const wire = await WireWorld.start(1, (clock) => {
    const entra = entraBy(clock);
    made.push(entra);
    return { entra };
  });
  const [entra] = made;
  assert(entra);
  const oid = wire.nextUser();
  const world = wire.worldOf(oid, { itemsPerBatch: 4 });
  await world.begin(lines);
  return { wire, entra, oid, world, [Symbol.asyncDispose]: () => wire.graph.close() };
}

/** Does something before the n-th creation. */
function beforeCreation(world: ImportWorld, nth: number, act: () => void): void {
  const create = world.mailbox.create.bind(world.mailbox);
  let calls = 0;
  world.mailbox.create = async (...args) => {
    calls += 1;
    if (calls === nth) act();
    return create(...args);
  };
}

for (const [what, end] of [
  ["ends", "expireAll"],
  ["is revoked", "revokeAll"],
] as const) {
  test(`a token that ${what} in the middle costs one refusal, a new token and nothing else`, async () => {
    await using setting = await start();
    const { wire, entra, oid, world } = setting;
    beforeCreation(world, 6, () => entra.tokens[end]());
    const { summary, run } = await wire.runToEnd(world, []);
    assert.equal(summary.counts.imported, 12);
    assert.deepEqual(toBalance(lines, wire.countsIn(oid)), { items: 12, lost: 0, doubled: 0, strange: 0 });
    assert.equal(entra.asked.length, 2);
    assert.equal(entra.asked[1]?.claims !== undefined, end === "revokeAll", "claims only where Graph asks for them");
    assert.equal(run.slice, 0, "the same slice goes on");
    assert.equal(world.log.of("item.in-doubt").length, 0);
  });
}

test("a token whose time comes in the middle is renewed before it ends: Graph refuses nothing", async () => {
  await using setting = await start();
  const { wire, entra, oid, world } = setting;
  beforeCreation(world, 5, () => wire.clock.turn(hour - 60_000));
  const { summary } = await wire.runToEnd(world, []);
  assert.equal(summary.counts.imported, 12);
  assert.equal(toBalance(lines, wire.countsIn(oid)).doubled, 0);
  assert.equal(entra.asked.length, 2);
  assert.equal(world.log.of("graph.token-refused").length, 0);
});

for (const state of ["useless", "away"] as const) {
  test(`while Entra ${state === "away" ? "gives no tokens" : "gives tokens that Graph refuses"} no item is failed or in doubt; afterwards all go in, once`, async () => {
    await using setting = await start();
    const { wire, entra, oid, world } = setting;
    beforeCreation(world, 6, () => {
      entra.tokens.revokeAll();
      entra.state = state;
    });
    const startedAt = wire.clock.now();
    while (wire.clock.now() - startedAt < hour) if ((await world.tryOnce()) === "nothing") wire.clock.turn(60_000);
    const { reason, counts } = await world.run();
    assert.equal(reason, "unauthorised");
    assert.equal(counts.failed, 0);
    assert(counts.imported < 12);
    assert(world.log.of("graph.unauthorised").length >= 5, "said again at every try");
    assert.equal(world.log.of("item.in-doubt").length, 0);
    entra.state = "good";
    const { summary } = await wire.runToEnd(world, []);
    assert.deepEqual(summary.counts, { imported: 12, partial: 0, skipped: 0, failed: 0 });
    assert.deepEqual(toBalance(lines, wire.countsIn(oid)), { items: 12, lost: 0, doubled: 0, strange: 0 });
  });
}
