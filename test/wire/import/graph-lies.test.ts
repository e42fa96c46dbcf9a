import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { mailboxId } from "../../../shared/chat/identifiers.ts";
import { chatLineOf, ids, keyOf } from "../../support/import-world.ts";
import { creations, toBalance, WireWorld } from "../../support/wire-import.ts";

const wire = await WireWorld.start(80);
after(() => wire.graph.close());

const minute = 60_000;
const words = Array.from({ length: 10 }, (_, n) => `item ${n}`);
const lines = words.map((word, position) => ({ item: chatLineOf(word, { position }) }));
const onceEach = Object.fromEntries(words.map((word) => [keyOf(word), 1]));
const all = { items: words.length, lost: 0, doubled: 0, strange: 0 };

type Answer = Omit<FaultRule["action"] & { kind: "answer" }, "kind">;
const answer = (status: number, more: Partial<Answer> = {}): FaultRule["action"] => ({
  kind: "answer",
  status,
  ...more,
});
/** Searches see nothing that is younger, at any time. */
const stale = (ageInMs: number): FaultRule => ({ match: { method: "GET" }, action: { kind: "stale", ageInMs } });

/** What befalls the second, fifth and sixth creation, and for how long searches do not see what was stored. */
const lies: readonly (readonly [what: string, action: FaultRule["action"], lagInMs: number])[] = [
  ["a 500", answer(500, { afterTheWrite: true }), 50_000],
  ["a 502 page", answer(502, { body: "html", afterTheWrite: true }), 14 * minute],
  ["a 502 with a code", answer(502, { afterTheWrite: true }), 14 * minute],
  ["a 503", answer(503, { afterTheWrite: true }), 50_000],
  ["a 503 with Retry-After", answer(503, { retryAfter: "12", afterTheWrite: true }), 50_000],
  ["a 503 page", answer(503, { body: "html", afterTheWrite: true }), 14 * minute],
  ["a 504", answer(504, { afterTheWrite: true }), 14 * minute],
  ["a 504 without a body", answer(504, { body: "empty", afterTheWrite: true }), 14 * minute],
  ["half a JSON with 500", answer(500, { body: "half-json", afterTheWrite: true }), 14 * minute],
  ["a 408", answer(408, { afterTheWrite: true }), 14 * minute],
  ["a 409 nobody knows", answer(409, { code: "ErrorIrresolvableConflict", afterTheWrite: true }), 50_000],
  ["a proxy's 403 page", answer(403, { body: "html", afterTheWrite: true }), 14 * minute],
  ["a proxy's 404 page", answer(404, { body: "html", afterTheWrite: true }), 14 * minute],
  ["a 429", answer(429, { retryAfter: "3", afterTheWrite: true }), 50_000],
  ["a 429 page", answer(429, { body: "html", afterTheWrite: true }), 50_000],
  ["a reset", { kind: "hang-up", afterTheWrite: true }, 14 * minute],
  ["silence", { kind: "hang", afterTheWrite: true }, 14 * minute],
  ["a 201 page", { kind: "spoil", body: "html" }, 14 * minute],
  ["half a JSON with 201", { kind: "spoil", body: "half-json" }, 14 * minute],
  ["a 201 without a body", { kind: "spoil", body: "empty" }, 14 * minute],
  ["another item's 201", { kind: "spoil", body: "previous" }, 14 * minute],
];

for (const [what, action, lagInMs] of lies) {
  test(`stored and answered by ${what}, while searches are ${lagInMs / 1000} s behind: each item is there once`, async () => {
    const oid = wire.nextUser();
    const given = await wire.import(lines, [{ match: creations, nth: [2, 5, 6], action }, stale(lagInMs)], oid);
    assert.deepEqual(toBalance(lines, wire.countsIn(oid)), all);
    assert.deepEqual(given.summary.counts, { imported: 10, partial: 0, skipped: 0, failed: 0 });
    assert(given.hits[0] === 3, `the lie was told ${given.hits[0]} times`);
  });
}

const refusals: readonly (readonly [what: string, action: FaultRule["action"]])[] = [
  ["a 500", answer(500)],
  ["a 502 page", answer(502, { body: "html" })],
  ["a 503", answer(503, { retryAfter: "2" })],
  ["a 504", answer(504)],
  ["a reset", { kind: "hang-up" }],
  ["silence", { kind: "hang" }],
  ["a 404 for the folder, which is there", answer(404)],
  ["a 401", answer(401)],
];

for (const [what, action] of refusals) {
  test(`not stored and answered by ${what}: each item is there once`, async () => {
    const oid = wire.nextUser();
    const given = await wire.import(lines, [{ match: creations, nth: [2, 5, 6], action }, stale(50_000)], oid);
    assert.deepEqual(wire.countsIn(oid), onceEach);
    assert.equal(given.summary.counts.imported, 10);
    assert.equal(given.hits[0], 3);
  });
}

const waits: readonly (readonly [what: string, retryAfter: Answer["retryAfter"], leastInMs: number])[] = [
  ["an integer", "9", 9000],
  ["a decimal", "2.5", 2500],
  ["minutes", "240", 240_000],
  ["an HTTP date", { dateInMs: 30_000 }, 29_000],
  ["an HTTP date that has passed", { dateInMs: -3_600_000 }, 1000],
  ["nothing", undefined, 10_000],
  ["zero", "0", 1000],
  ["a word", "soon", 10_000],
  ["a negative number", "-5", 10_000],
];

for (const [what, retryAfter, leastInMs] of waits) {
  test(`after a 429 with ${what} for Retry-After the mailbox is left alone for ${leastInMs / 1000} s, and each item comes once`, async () => {
    const oid = wire.nextUser();
    const world = wire.worldOf(oid, { lanes: 1 });
    const times: number[] = [];
    const create = world.mailbox.create.bind(world.mailbox);
    world.mailbox.create = (...args) => {
      times.push(wire.clock.now());
      return create(...args);
    };
    await world.begin(lines);
    const action = answer(429, retryAfter === undefined ? {} : { retryAfter });
    const given = await wire.runToEnd(world, [{ match: creations, nth: 4, action }]);
    assert.equal(given.summary.counts.imported, 10);
    assert.deepEqual(wire.countsIn(oid), onceEach);
    const waitedInMs = (times[4] ?? 0) - (times[3] ?? 0);
    assert(waitedInMs >= leastInMs && waitedInMs <= leastInMs * 1.25 + 1000, `waited ${waitedInMs}`);
  });
}

test("a folder that is deleted for good in the middle is made again, and what has a receipt does not come again", async () => {
  const oid = wire.nextUser();
  const world = wire.worldOf(oid, { itemsPerBatch: 2 });
  const { store } = wire.graph.standIn;
  const create = world.mailbox.create.bind(world.mailbox);
  let isDeleted = false;
  world.mailbox.create = async (...args) => {
    const mailbox = store.mailbox(oid);
    if (!isDeleted && mailbox.items().length === 4) {
      isDeleted = true;
      const [folder] = mailbox.children(mailbox.root.number).filter(({ displayName }) => displayName === "ICE Chat");
      assert(folder);
      store.removeFolder(mailbox, folder);
    }
    return create(...args);
  };
  await world.begin(lines);
  const { summary } = await wire.runToEnd(world, []);
  assert(isDeleted);
  assert.equal(summary.counts.imported, 10);
  assert.equal(world.log.of("folder.recreated").length, 1);
  const { lost, doubled } = toBalance(lines, wire.countsIn(oid));
  assert.equal(doubled, 0);
  assert.equal(lost, 4, "what its owner has deleted is not put in again");
  assert.equal(summary.verify.missing + summary.verify.unchecked, 4, "and that is said");
});

for (const [what, change, reason] of [
  ["is taken out of the app's reach", { isInScope: false }, "access-denied"],
  ["is full", { isFull: true }, "quota-exceeded"],
  ["is disabled", { mailbox: "disabled" }, "no-mailbox"],
] as const) {
  test(`a mailbox that ${what} in the middle blocks the run with that reason; mended, a later generation imports exactly what is missing`, async () => {
    const oid = wire.nextUser();
    const world = wire.worldOf(oid, { itemsPerBatch: 2, lanes: 1 });
    const { people } = wire.graph.standIn;
    const create = world.mailbox.create.bind(world.mailbox);
    let left = 4;
    world.mailbox.create = async (...args) => {
      if (left === 0) people.change(oid, change);
      left -= 1;
      return create(...args);
    };
    await world.begin(lines);
    const { run, summary, result } = await wire.runToEnd(world, []);
    assert.deepEqual([run.state, run.reason], ["blocked", reason]);
    assert.deepEqual(summary.counts, { imported: 4, partial: 0, skipped: 0, failed: 6 });
    const reasons = result.flatMap((line) => (line.type === "failed" ? [line.reason] : []));
    assert.deepEqual([...new Set(reasons)], [`blocked:${reason}`]);
    people.change(oid, { isInScope: true, isFull: false, mailbox: "ok" });
    left = Number.POSITIVE_INFINITY;
    await world.begin(lines, 2);
    const again = await wire.runToEnd(world, [], 2);
    assert.deepEqual(again.summary.counts, { imported: 6, partial: 0, skipped: 4, failed: 0 });
    assert.deepEqual(wire.countsIn(oid), onceEach);
  });
}

test("a mailbox that is made anew in the middle blocks the run, and nothing of it goes into the new one", async () => {
  const oid = wire.nextUser();
  const world = wire.worldOf(oid, { itemsPerBatch: 2 });
  const { store } = wire.graph.standIn;
  const create = world.mailbox.create.bind(world.mailbox);
  const roots: string[] = [];
  world.rootOf = (root) => {
    if (!roots.includes(root)) roots.push(root);
    return mailboxId.parse(`${ids.oid}.${roots.indexOf(root)}`);
  };
  world.mailbox.create = async (...args) => {
    if (store.mailbox(oid).incarnation === 1 && store.mailbox(oid).items().length === 4) store.recreate(oid);
    return create(...args);
  };
  await world.begin(lines);
  const { run, summary } = await wire.runToEnd(world, []);
  assert.deepEqual([run.state, run.reason], ["blocked", "mailbox-recreated"]);
  assert.deepEqual(summary.counts, { imported: 4, partial: 0, skipped: 0, failed: 6 });
  assert.deepEqual(wire.countsIn(oid), {});
});
