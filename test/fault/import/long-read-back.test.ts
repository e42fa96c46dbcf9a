import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChatDay, toChatDay } from "../../../shared/chat/identifiers.ts";
import type { ImportSettings } from "../../../shared/import/import-settings.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { chatLineOf, ImportWorld, keyOf, sentAt } from "../../support/import-world.ts";
import { forEach, numbersOf } from "../pipeline/a-drop.ts";

const dayInMs = 86_400_000;
const minute = 60_000;

/** A run over so many chat days, two items each; reading a day back takes half a minute. */
async function beginHistory(days: number, given: Partial<ImportSettings> = {}): Promise<ImportWorld> {
  const world = new ImportWorld({ verifyInMs: 2 * minute, answeredDoubtWaitInMs: 1000, ...given });
  const list = world.mailbox.listKeys.bind(world.mailbox);
  world.mailbox.listKeys = async function* (folderId, day) {
    world.clock.turn(minute / 2);
    yield* list(folderId, day);
  };
  const lines = Array.from({ length: days * 2 }, (_, n) => ({
    item: chatLineOf(`item ${n}`, { position: n, sentAt: sentAt - (days - Math.floor(n / 2)) * dayInMs }),
  }));
  await world.begin(lines);
  return world;
}

/** Whatever somebody has done to the mailbox when everything is in: one item deleted, one put in twice. */
function meddle({ mailbox }: ImportWorld): void {
  const [first, , , fourth] = mailbox.items;
  assert.ok(first !== undefined && fourth !== undefined);
  mailbox.items.splice(mailbox.items.indexOf(first), 1);
  mailbox.items.push({ ...fourth, graphId: "copied" });
}

async function runMeddled(world: ImportWorld, ...faults: readonly PortFault[]): Promise<void> {
  let isMeddled = false;
  const list = world.mailbox.listKeys.bind(world.mailbox);
  world.mailbox.listKeys = (folderId: string, day: ChatDay) => {
    if (!isMeddled) meddle(world);
    isMeddled = true;
    return list(folderId, day);
  };
  await world.tryOnce(...faults);
  world.clock.turn(10 * minute);
  await world.runToEnd();
}

async function summaryOf(world: ImportWorld) {
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  return summary;
}

test("what one slice has no time to read back the next ones do, each within its time, and all days are read", async () => {
  const world = await beginHistory(20);
  const run = await world.runToEnd();
  const { verify, counts } = await summaryOf(world);
  assert.deepEqual([verify.days, verify.daysRead, verify.unchecked, counts.imported], [20, 20, 0, 40]);
  assert.equal(run.slice, 4);
  assert.equal(world.log.of("verify.continues").length, 4);
});

test("a result in pieces is word for word that of a run with time enough", async () => {
  const [long, whole] = [await beginHistory(20), await beginHistory(20, { verifyInMs: 60 * minute })];
  await runMeddled(long);
  await runMeddled(whole);
  assert.equal((await whole.run()).slice, 0);
  assert.equal((await long.run()).slice, 4);
  const result = await long.result();
  assert.deepEqual(result, await whole.result());
  assert.deepEqual(result.map(({ type }) => type).toSorted(), ["double", "missing", "summary"]);
});

test("the result is the same, and each item in once, whichever call ends the worker while it reads back", async (t) => {
  const settings = { itemsPerBatch: 20, blocksPerFile: 40 };
  const whole = await beginHistory(6, { verifyInMs: minute, ...settings });
  await runMeddled(whole);
  const expected = await whole.result();
  const from = await callsUntilReadBack(settings);
  const numbers = [...numbersOf(60, 1)].map((n) => from + n - 1);
  let deaths = 0;
  await forEach(numbers, async (nth) => {
    for (const when of ["before", "after"] as const) {
      const world = await beginHistory(6, { verifyInMs: minute, ...settings });
      await runMeddled(world, { nth, what: "vanish", when });
      assert.deepEqual(await world.result(), expected);
      deaths += 1;
    }
  });
  t.diagnostic(`${deaths} deaths`);
});

/** The calls that a slice makes before it begins to read back. */
async function callsUntilReadBack(settings: Partial<ImportSettings>): Promise<number> {
  const world = await beginHistory(6, settings);
  const ports = new FaultyPorts();
  await world.tryWith(ports);
  const first = ports.calls.findIndex(({ port }) => port === "mailbox.listKeys");
  assert.ok(first > 0, "reading back must begin in the first slice");
  return first - 4;
}

test("Graph's Retry-After of minutes ends the slice; the next one comes not before, and reads that day and the others", async () => {
  const world = await beginHistory(5);
  const list = world.mailbox.listKeys.bind(world.mailbox);
  let throttledAt = 0;
  const askedAt: number[] = [];
  world.mailbox.listKeys = async function* (folderId, day) {
    askedAt.push(world.clock.now());
    if (askedAt.length === 3) {
      throttledAt = world.clock.now();
      yield { type: "throttled", retryAfterInMs: 10 * minute };
    }
    yield* list(folderId, day);
  };
  await world.runToEnd();
  const { verify } = await summaryOf(world);
  assert.deepEqual([verify.days, verify.daysRead, verify.unchecked], [5, 5, 0]);
  assert.ok((askedAt[3] ?? 0) - throttledAt >= 10 * minute, "it asked again too early");
});

test("reading back that never ends is given up after some slices, and what was not read is told", async () => {
  const world = await beginHistory(60, { verifySlices: 3 });
  await world.runToEnd();
  const { verify, counts } = await summaryOf(world);
  assert.deepEqual([verify.days, verify.daysRead, verify.unchecked], [60, 12, 96]);
  assert.equal(counts.imported, 120);
});

test("a day that cannot be read keeps no other from being read: slices are not used up on it", async () => {
  const world = await beginHistory(12, { verifySlices: 6 });
  const list = world.mailbox.listKeys.bind(world.mailbox);
  const bad = toChatDay(sentAt - 12 * dayInMs);
  world.mailbox.listKeys = async function* (folderId, day) {
    for (; day === bad; ) yield { type: "unknown", because: "status:503" };
    yield* list(folderId, day);
  };
  await world.runToEnd();
  const { verify } = await summaryOf(world);
  assert.deepEqual([verify.days, verify.daysRead, verify.unchecked], [12, 11, 2]);
});

test("what was found of a day that is left to the next slice is told once", async () => {
  const world = new ImportWorld({ verifyInMs: 2 * minute, answeredDoubtWaitInMs: 1000 });
  const at = (n: number) => (n === 0 ? sentAt - dayInMs : sentAt);
  await world.begin(
    Array.from({ length: 8 }, (_, n) => ({ item: chatLineOf(`item ${n}`, { position: n, sentAt: at(n) }) })),
  );
  const list = world.mailbox.listKeys.bind(world.mailbox);
  let listings = 0;
  world.mailbox.listKeys = async function* (folderId, day) {
    listings += 1;
    if (listings === 1) copyOf(world, "item 1");
    world.clock.turn(listings === 1 ? minute : 0);
    for await (const page of list(folderId, day)) {
      world.clock.turn(minute / 2);
      yield page;
    }
  };
  await world.runToEnd();
  assert.equal(listings, 3, "the second day is begun in one slice and read in the next");
  const result = await world.result();
  assert.equal(result.filter(({ type }) => type === "double").length, 1);
  assert.equal((await summaryOf(world)).verify.double, 1);
});

/** Somebody has put an item in once more, so that both come on the first page. */
function copyOf({ mailbox }: ImportWorld, word: string): void {
  const at = mailbox.items.findIndex(({ key }) => key === keyOf(word));
  const found = mailbox.items[at];
  assert.ok(found !== undefined);
  mailbox.items.splice(at, 0, { ...found, graphId: "copied" });
}

test("a mailbox that is blocked while it is read back keeps what is known of its items", async () => {
  const world = await beginHistory(20);
  while ((await world.run()).verifySlices < 2) await world.step();
  world.mailbox.rootId = async () => ({ type: "blocked", reason: "access-denied", code: "ErrorAccessDenied" });
  const run = await world.runToEnd();
  assert.equal(run.state, "blocked");
  const { counts, verify } = await summaryOf(world);
  assert.deepEqual([counts.imported, counts.failed, verify.daysRead, verify.days], [40, 0, 8, 20]);
});
