import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { importKeyProperty } from "../../../shared/import/message-ids.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { startGraphWorld, userOf } from "../../support/graph-world.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";

const world = await startGraphWorld(6);
after(() => world.close());

const settings = toImportSettings({
  ...{ doubtWaitInMs: 1500, answeredDoubtWaitInMs: 300, earlyLookUpInMs: 100, lookUpAgainInMs: 200 },
  ...{ outagePauseInMs: 200, retryAfterInMs: 100, lockedPauseInMs: 200, unauthorisedPauseInMs: 200 },
});

const lines = Array.from({ length: 80 }, (_, position) => ({ item: chatLineOf(`item ${position}`, { position }) }));
const keys = lines.map(({ item }) => item.key).toSorted();

/** Imports the lines into a user's mailbox through Graph, with rules in force; resolves to the keys that are in it. */
async function importInto(user: number, rules: readonly FaultRule[]) {
  const setting = new ImportWorld();
  const blobs = new MemoryBlobs();
  const queues = new MemoryQueues();
  Object.assign(setting, { blobs, queues });
  await setting.begin(lines);
  const oid = userOf(user);
  const clock = systemClock;
  const mailboxOf = () => world.mailboxOf(oid, settings.requestTimeoutInMs);
  const deps = { ...setting.depsOf(), blobs, queues, clock, settings, mailboxOf };
  const faults = rules.map((rule) => world.standIn.faults.add(rule));
  const deadline = Date.now() + 60_000;
  try {
    while ((await setting.run()).state !== "done") {
      assert(Date.now() < deadline, "the run does not come to an end");
      const taken = queues.take("mailboxes");
      if (taken === undefined) await setTimeout(20);
      else await importMailbox(deps, taken.task).then(() => taken.acknowledge());
    }
  } finally {
    for (const { id } of faults) world.standIn.faults.remove(id);
  }
  const messages = world.messagesOf(oid, "ICE Chat");
  return { setting, messages, found: messages.map(toKey).toSorted() };
}

function toKey(message: Readonly<Record<string, unknown>>): string {
  const name = importKeyProperty.split(" Name ")[1] ?? "";
  const found = new RegExp(`Name ${name}","value":"([\\w-]{43})"`).exec(JSON.stringify(message));
  return found?.[1] ?? "no key";
}

test("imports a list through Graph, and reads back that all of it is there", async () => {
  const { setting, found } = await importInto(1, []);
  assert.deepEqual(found, keys);
  const summary = (await setting.result()).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual(summary.verify, {
    days: 1,
    daysRead: 1,
    missing: 0,
    moved: 0,
    double: 0,
    unrecorded: 0,
    unchecked: 0,
  });
  assert.deepEqual([summary.counts.imported, summary.degraded, summary.deviating], [80, 0, 0]);
});

const post = { method: "POST", path: "/messages" };

test("imports each item once over a wire on which replies get lost before and after the write", async () => {
  const { found } = await importInto(2, [
    { match: post, rate: 0.05, seed: 1, action: { kind: "hang-up", afterTheWrite: true } },
    { match: post, rate: 0.05, seed: 2, action: { kind: "hang-up" } },
    { match: post, rate: 0.05, seed: 3, action: { kind: "answer", status: 503, afterTheWrite: true, body: "html" } },
    { match: post, rate: 0.05, seed: 4, action: { kind: "answer", status: 500 } },
    { match: { method: "GET" }, rate: 0.1, seed: 5, action: { kind: "answer", status: 502, body: "half-json" } },
    { match: { method: "GET" }, action: { kind: "stale", ageInMs: 250 } },
  ]);
  assert.deepEqual(found, keys);
});

test("imports each item once through throttling in all its forms", async () => {
  const { found } = await importInto(3, [
    { match: post, rate: 0.1, seed: 1, action: { kind: "answer", status: 429, retryAfter: "0.2" } },
    { match: post, rate: 0.05, seed: 2, action: { kind: "answer", status: 429, body: "html" } },
    { match: {}, rate: 0.02, seed: 3, action: { kind: "answer", status: 429, retryAfter: { dateInMs: 300 } } },
  ]);
  assert.deepEqual(found, keys);
});

test("imports each item once when creations hang until they are given up", async () => {
  const { found } = await importInto(4, [
    { match: post, nth: [3, 30], action: { kind: "hang", afterTheWrite: true } },
    { match: post, nth: [10, 50], action: { kind: "hang" } },
  ]);
  assert.deepEqual(found, keys);
});

test("imports without Message-ID where Graph will not have one, says so, and still once each", async () => {
  const { setting, messages, found } = await importInto(5, [
    {
      match: { ...post, bodyHas: ["internetMessageId"] },
      nth: [2, 5],
      action: { kind: "answer", status: 400, code: "ErrorInvalidArgument", message: "internetMessageId is invalid" },
    },
    { match: post, rate: 0.05, seed: 9, action: { kind: "hang-up", afterTheWrite: true } },
  ]);
  assert.deepEqual(found, keys);
  assert.equal(messages.length, 80);
  assert.equal(setting.log.of("item.degraded").length, 2);
});
