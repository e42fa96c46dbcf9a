import assert from "node:assert/strict";
import { test } from "node:test";
import { toChatDay } from "../../../shared/chat/identifiers.ts";
import { listLedgerLines } from "../../../shared/import/ledger.ts";
import type { ItemLine, LedgerLine } from "../../../shared/import/ledger-line.ts";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { paths } from "../../../shared/store/paths.ts";
import { chatLineOf, ImportWorld, ids, keyOf, sentAt } from "../../support/import-world.ts";

const minute = 60_000;
const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };
const answered: CreateOutcome = { type: "ambiguous", wasAnswered: true, because: "status:503" };
const lines = ["one", "two", "three", "four", "five"].map((word, position) => ({
  item: chatLineOf(word, { position }),
}));
const onceEach = Object.fromEntries(["one", "two", "three", "four", "five"].map((word) => [keyOf(word), 1]));

/** The ledger's lines about a key, first things first. */
async function linesOf(world: ImportWorld, word: string): Promise<LedgerLine[]> {
  const found: ItemLine[] = [];
  for (let file = 1; file < 5; file += 1) {
    for await (const line of listLedgerLines(world.blobs, paths.ledger(toChatDay(sentAt), ids.mailbox, file))) {
      if ("key" in line && line.key === keyOf(word)) found.push(line);
    }
  }
  return found;
}

for (const [what, outcome] of [
  ["lost", lost],
  ["a 503", answered],
] as const) {
  for (const stores of [true, false]) {
    test(`imports once when the item was ${stores ? "" : "not "}stored and the reply is ${what}`, async () => {
      const world = new ImportWorld();
      world.mailbox.mishapOf = (creation) => (creation === 2 ? { stores, outcome } : undefined);
      await world.begin(lines);
      const run = await world.runToEnd();
      assert.deepEqual(run.counts, { imported: 5, partial: 0, skipped: 0, failed: 0 });
      assert.deepEqual(world.mailbox.counts(), onceEach);
    });
  }
}

test("an item in doubt does not hold up the others", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome: lost } : undefined);
  await world.begin(lines);
  await world.tryOnce();
  assert.equal(world.mailbox.items.length, 4);
  const run = await world.run();
  assert.deepEqual(run.counts, { imported: 4, partial: 0, skipped: 0, failed: 0 });
  assert.equal(run.cursor, 0);
});

test("does not take a stale search for an answer: fourteen minutes of lag, and the item still comes once", async () => {
  const world = new ImportWorld();
  world.mailbox.lagInMs = 14 * minute;
  world.mailbox.mishapOf = (creation) => (creation <= 3 ? { stores: true, outcome: lost } : undefined);
  await world.begin(lines);
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), onceEach);
});

test("after a 5xx a minute is waited, not a quarter of an hour", async () => {
  const world = new ImportWorld();
  world.mailbox.lagInMs = 50_000;
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: answered } : undefined);
  await world.begin(lines);
  const startedAt = world.clock.now();
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), onceEach);
  assert(world.clock.now() - startedAt < 3 * minute);
});

test("a reply that is lost is found out by an early look, long before the wait is over", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: lost } : undefined);
  await world.begin(lines);
  const startedAt = world.clock.now();
  await world.runToEnd();
  assert(world.clock.now() - startedAt < minute);
});

test("an item that a user has moved meanwhile is found in the whole mailbox", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: lost } : undefined);
  await world.begin(lines);
  await world.tryOnce();
  for (const item of world.mailbox.items) item.folderId = "elsewhere";
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), onceEach);
});

test("an item that was created without its Message-ID is found by its key", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => {
    if (creation === 1) {
      return { stores: false, outcome: { type: "refused", reason: "refused:400:X", becauseOf: ["internetMessageId"] } };
    }
    return creation === 2 ? { stores: true, outcome: lost } : undefined;
  };
  await world.begin(lines.slice(0, 1));
  const run = await world.runToEnd();
  assert.equal(run.counts.imported, 1);
  assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
});

/** A world whose first item is refused for its Message-ID, then stored without it, the reply being lost. */
async function degradedAndLost(): Promise<ImportWorld> {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => {
    if (creation === 1) {
      return { stores: false, outcome: { type: "refused", reason: "refused:400:X", becauseOf: ["internetMessageId"] } };
    }
    return creation === 2 ? { stores: true, outcome: lost } : undefined;
  };
  await world.begin(lines.slice(0, 1));
  await world.tryOnce();
  assert.equal(world.mailbox.items.length, 1);
  return world;
}

async function degradedIn(world: ImportWorld, gen = 1): Promise<number | undefined> {
  const summary = (await world.result(gen)).at(-1);
  return summary?.type === "summary" ? summary.degraded : undefined;
}

test("an item without Message-ID whose reply is lost and that its owner moves meanwhile is found, and told as degraded", async () => {
  const world = await degradedAndLost();
  for (const item of world.mailbox.items) item.folderId = "elsewhere";
  assert.deepEqual((await world.runToEnd()).counts, { imported: 1, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
  assert.equal(await degradedIn(world), 1);
  const words = (await linesOf(world, "one")).map((line) =>
    "flag" in line ? line.flag : "marks" in line && line.marks,
  );
  assert.deepEqual(words, ["new", "degraded", ["degraded", "found"]]);
});

test("where Graph will not search a whole mailbox by the key, such an item stays in doubt and is never created again", async () => {
  const world = await degradedAndLost();
  for (const item of world.mailbox.items) item.folderId = "elsewhere";
  world.mailbox.findAnywhereByKey = async () => ({ type: "unknown", because: "status:400:X", isRefused: true });
  const run = await world.runToEnd();
  assert.deepEqual(run.counts, { imported: 0, partial: 0, skipped: 0, failed: 1 });
  assert.equal(world.mailbox.items.length, 1);
  world.mailbox.findAnywhereByKey = Object.getPrototypeOf(world.mailbox).findAnywhereByKey;
  await world.begin(lines.slice(0, 1), 2);
  assert.deepEqual((await world.runToEnd(2)).counts, { imported: 1, partial: 0, skipped: 0, failed: 0 });
  assert.equal(world.mailbox.items.length, 1);
  assert.equal(await degradedIn(world, 2), 1, "the ledger still knows how it was sent");
});

test("there an item that was sent whole is settled by the other two look-ups", async () => {
  for (const stores of [true, false]) {
    const world = new ImportWorld();
    world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores, outcome: lost } : undefined);
    world.mailbox.findAnywhereByKey = async () => ({ type: "unknown", because: "status:400:X", isRefused: true });
    await world.begin(lines.slice(0, 1));
    assert.equal((await world.runToEnd()).counts.imported, 1);
    assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
    assert.equal(await degradedIn(world), 0);
  }
});

test("an item whose Message-ID Graph has replaced, moved while it is in doubt, is found by its key", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: lost } : undefined);
  await world.begin(lines.slice(0, 1));
  await world.tryOnce();
  for (const item of world.mailbox.items) item.folderId = "elsewhere";
  world.mailbox.findByMessageId = async () => ({ type: "absent" });
  assert.equal((await world.runToEnd()).counts.imported, 1);
  assert.equal(world.mailbox.items.length, 1);
});

test("writes down when Graph has answered, so that whoever takes over waits a minute only", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome: answered } : undefined);
  await world.begin(lines.slice(0, 1));
  await world.runToEnd();
  const words = (await linesOf(world, "one")).map((line) => ("flag" in line ? line.flag : line.type));
  assert.deepEqual(words, ["new", "answered", "again", "R"]);
});

test("a look-up that fails leaves the item in doubt, and in the end it is failed, never created blindly", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: false, outcome: lost } : undefined);
  world.mailbox.lookUpMishap = () => ({ type: "unknown", because: "status:500" });
  await world.begin(lines.slice(0, 1));
  const startedAt = world.clock.now();
  const run = await world.runToEnd();
  assert(world.clock.now() - startedAt >= world.settings.doubtLimitInMs);
  assert.equal(world.mailbox.creations, 1);
  assert.deepEqual(run.counts, { imported: 0, partial: 0, skipped: 0, failed: 1 });
  const [failed] = await world.result();
  assert(failed?.type === "failed");
  assert.equal(failed.reason, "in-doubt");
});

test("a later generation looks for an item that was given up in doubt before it creates it", async () => {
  for (const stores of [true, false]) {
    const world = new ImportWorld();
    world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores, outcome: lost } : undefined);
    world.mailbox.lookUpMishap = () => ({ type: "unknown", because: "status:500" });
    await world.begin(lines.slice(0, 1));
    await world.runToEnd();
    world.mailbox.lookUpMishap = () => undefined;
    await world.begin(lines.slice(0, 1), 2);
    const run = await world.runToEnd(2);
    assert.equal(run.counts.imported, 1);
    assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
  }
});

test("only one of two look-ups saying 'not there' is no answer", async () => {
  const world = new ImportWorld();
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome: lost } : undefined);
  await world.begin(lines.slice(0, 1));
  await world.tryOnce();
  world.mailbox.findByMessageId = async () => ({ type: "absent" });
  const run = await world.runToEnd();
  assert.equal(run.counts.imported, 1);
  assert.equal(world.mailbox.items.length, 1);
});

test("when Graph is down the slice ends after a few items, the others are not put in doubt", async () => {
  const world = new ImportWorld({ itemsPerBatch: 60 });
  let isDown = true;
  world.mailbox.mishapOf = () => (isDown ? { stores: false, outcome: answered } : undefined);
  const many = Array.from({ length: 50 }, (_, position) => ({ item: chatLineOf(`item ${position}`, { position }) }));
  await world.begin(many);
  await world.tryOnce();
  assert(world.mailbox.creations <= world.settings.outageAfter + world.settings.lanes);
  assert.equal((await world.run()).reason, "graph-outage");
  isDown = false;
  const startedAt = world.clock.now();
  const run = await world.runToEnd();
  assert.equal(run.counts.imported, 50);
  assert(world.clock.now() - startedAt < 5 * minute, "withdrawn intents need not wait");
});

test("a lane that throws takes nothing along: what the others did is written down, what was not sent is withdrawn", async () => {
  const world = new ImportWorld({ itemsPerBatch: 60 });
  await world.begin(lines);
  const isCreate = ({ method }: { method: string }) => method === "create";
  assert.equal(await world.tryOnce({ nth: 2, of: isCreate, when: "after", what: "throw" }), "thrown");
  const ends: string[] = [];
  for (const { item } of lines) {
    const last = (await linesOf(world, item.text.replace("text of ", ""))).at(-1);
    ends.push(last?.type === "I" ? last.flag : (last?.type ?? "none"));
  }
  assert.deepEqual(ends.toSorted(), ["R", "R", "new", "withdrawn", "withdrawn"]);
  await world.runToEnd();
  assert.deepEqual(world.mailbox.counts(), onceEach);
  assert.equal(world.mailbox.lookUps, 1);
});
