import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { chatLineOf, keyOf } from "../../support/import-world.ts";
import { creations, toBalance, WireWorld } from "../../support/wire-import.ts";

const wire = await WireWorld.start(6);
after(() => wire.graph.close());

const minute = 60_000;
const lines = Array.from({ length: 80 }, (_, position) => ({ item: chatLineOf(`item ${position}`, { position }) }));
const whole = { items: 80, lost: 0, doubled: 0, strange: 0 };
const nothingFound = { missing: 0, moved: 0, double: 0, unrecorded: 0, unchecked: 0 };

/** Imports the lines under faults; resolves to what is in the mailbox, too. */
async function importUnder(...rules: readonly FaultRule[]) {
  const oid = wire.nextUser();
  const imported = await wire.import(lines, rules, oid);
  return { ...imported, oid, balance: toBalance(lines, wire.countsIn(oid)) };
}

test("imports a list through Graph, and reads back that all of it is there", async () => {
  const { summary, balance } = await importUnder();
  assert.deepEqual(balance, whole);
  assert.deepEqual(summary.verify, { days: 1, daysRead: 1, ...nothingFound });
  assert.deepEqual([summary.counts.imported, summary.degraded, summary.deviating], [80, 0, 0]);
});

test("imports each item once when Graph throttles by its own limits, and leaves the mailbox alone as it says", async () => {
  const throttled = await WireWorld.start(1, () => ({ limits: { requests: 50, concurrent: 2 } }));
  try {
    const oid = throttled.nextUser();
    const { summary, tookInMs } = await throttled.import(lines, [], oid);
    assert.equal(summary.counts.imported, 80);
    assert.deepEqual(toBalance(lines, throttled.countsIn(oid)), whole);
    assert(tookInMs >= 10 * minute, `${tookInMs} ms for more than 80 requests, 50 in ten minutes`);
  } finally {
    await throttled.graph.close();
  }
});

test("imports each item once when creations hang until they are given up", async () => {
  const { balance } = await importUnder(
    { match: creations, nth: [3, 30], action: { kind: "hang", afterTheWrite: true } },
    { match: creations, nth: [10, 50], action: { kind: "hang" } },
  );
  assert.deepEqual(balance, whole);
});

test("imports without Message-ID where Graph will not have one, says so, and still once each", async () => {
  const { world, summary, balance, oid } = await importUnder(
    {
      match: { ...creations, bodyHas: ["internetMessageId"] },
      action: { kind: "answer", status: 400, code: "ErrorInvalidArgument", message: "internetMessageId is invalid" },
    },
    { match: creations, rate: 0.1, seed: 9, action: { kind: "hang-up", afterTheWrite: true } },
  );
  assert.deepEqual(balance, whole);
  assert.equal(Object.keys(wire.countsIn(oid)).length, 80);
  assert(world.log.of("item.in-doubt").length > 3);
  assert.equal(summary.degraded, 80, "those that were found again, too");
});

test("an item without Message-ID whose reply is lost, moved by its owner in those minutes, is found where it is", async () => {
  const oid = wire.nextUser();
  const world = wire.worldOf(oid);
  const few = lines.slice(0, 3);
  await world.begin(few);
  const { standIn } = wire.graph;
  const faults = [
    standIn.faults.add({
      match: { ...creations, bodyHas: ["internetMessageId"] },
      action: { kind: "answer", status: 400, code: "ErrorInvalidArgument", message: "internetMessageId is invalid" },
    }),
    standIn.faults.add({ match: creations, nth: [4], action: { kind: "hang-up", afterTheWrite: true } }),
  ];
  await world.tryOnce();
  for (const { id } of faults) standIn.faults.remove(id);
  const mailbox = standIn.store.mailbox(oid);
  for (const item of mailbox.items()) standIn.store.moveItem(mailbox, item, mailbox.findFolder("archive")?.number ?? 0);
  const { summary } = await wire.runToEnd(world, []);
  assert.deepEqual(summary.counts, { imported: 3, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(wire.countsIn(oid), Object.fromEntries(few.map(({ item }) => [item.key, 1])));
  assert.equal(wire.countsIn(oid)[keyOf("item 0")], 1);
});
