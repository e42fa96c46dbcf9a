import assert from "node:assert/strict";
import { test } from "node:test";
import { storageCallsOf, Usage } from "../../../local/bench/day/usage.ts";
import { toCsv } from "../../../local/bench/input/chat-csv.ts";
import { type ChatDay, listByConversation, listByTime, peopleOf } from "../../../local/bench/input/chat-day.ts";
import { toXml } from "../../../local/bench/input/chat-xml.ts";

const day: ChatDay = { messages: 1_234, mailboxes: 50 };

test("both orders have the same messages, each once", () => {
  const byTime = [...listByTime(day)];
  const names = byTime.map(({ conversation, number }) => `${conversation}-${number}`);
  assert.equal(byTime.length, day.messages);
  assert.equal(new Set(names).size, day.messages);
  assert.deepEqual(
    [...listByConversation(day)].map((message) => JSON.stringify(message)).toSorted(),
    byTime.map((message) => JSON.stringify(message)).toSorted(),
  );
});

test("by time the conversations are mixed, and every mailbox gets something of a few hundred messages", () => {
  const byTime = [...listByTime(day)];
  assert.ok(byTime.every(({ at }, n) => n === 0 || at >= (byTime[n - 1]?.at ?? 0)));
  assert.equal(new Set(byTime.slice(0, 62).map(({ conversation }) => conversation)).size, 62);
  assert.equal(new Set(byTime.slice(0, 62).flatMap(({ from, to }) => [from, ...to])).size, day.mailboxes);
});

test("each message goes to three people, its sender among them", () => {
  for (const { conversation, from, to } of listByTime(day)) {
    const people = [from, ...to];
    assert.equal(new Set(people).size, 3, `conversation ${conversation}`);
    assert.deepEqual(new Set(people), new Set(peopleOf(day, conversation)));
  }
});

test("the files are the same each time, with a message each", () => {
  const [xml, csv] = [[...toXml(day)].join(""), [...toCsv(day)].join("")];
  assert.equal([...toXml(day)].join(""), xml);
  assert.equal(xml.split("<Message>").length - 1, day.messages);
  assert.equal(csv.split("\r\n").length - 2, day.messages);
});

test("only requests to blobs and queues are operations on storage, by function", () => {
  const usage = new Usage();
  const use = (name: string, dependency: string, operation: string, calls: number) =>
    usage.take("dependency.used", { function: name, dependency, operation, calls });
  use("mapChats", "blobs", "read", 3);
  use("mapChats", "blobs", "read", 4);
  use("mapChats", "graph", "GET", 100);
  use("fetchDrops", "queues", "send to queue", 5);
  usage.take("drop.moved", { state: "routed", calls: 9 });
  usage.add("host: queues delete");
  const told = { ...usage.toTold(), "fan-out wall": 1e6 };
  assert.equal(storageCallsOf(told, ["mapChats"]), 7);
  assert.equal(storageCallsOf(told), 13);
});
