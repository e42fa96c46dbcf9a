import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSoakOptions } from "../../../local/bench/soak/options.ts";
import { type SoakDay, slopeOf, toDayRow, toTrends, toTrendTable } from "../../../local/bench/soak/soak-day.ts";
import { SoakLog } from "../../../local/bench/soak/soak-log.ts";
import { WrongOption } from "../../../local/start/wrong-option.ts";

function dayOf(day: number, given: Partial<SoakDay> = {}): SoakDay {
  const requests = { storage: 700, lists: 47, quietStorage: 300, quietLists: 80, graph: 1_000 };
  return { day, seconds: 10, workerInBytes: 200 * 2 ** 20, hostInBytes: 150 * 2 ** 20, ...requests, ...given };
}

test("what grows by the same each day has that as its slope, what is flat has none", () => {
  assert.equal(slopeOf([5, 5, 5, 5]), 0);
  assert.equal(slopeOf([1, 3, 5, 7]), 2);
  assert.equal(slopeOf([4]), 0);
  assert.ok(Math.abs(slopeOf([1, 3, 2, 4]) - 0.8) < 1e-9);
});

test("a trend leaves out the days of warming up, and says how much it comes to over the others", () => {
  const days = [400, 300, 100, 110, 120].map((storage, i) => dayOf(i + 1, { storage }));
  const trends = toTrends(days, 2);
  assert.deepEqual(
    trends.find(({ figure }) => figure === "storage"),
    { figure: "storage", mean: 110, perDay: 10, share: 20 / 110 },
  );
  assert.equal(trends.find(({ figure }) => figure === "lists")?.perDay, 0);
});

test("the tables have a line for each day and for each figure, memory in MiB", () => {
  assert.equal(toDayRow(dayOf(3)), "| 3 | 10.0 | 200 | 150 | 700 | 47 | 300 | 80 | 1000 |");
  const table = toTrendTable(toTrends([dayOf(1), dayOf(2)], 0));
  assert.match(table, /\| memory of the functions, MiB \| 200\.0 \| 0\.00 \| 0\.0 % \|/);
  assert.equal(table.split("\n").length, 2 + 8);
});

test("requests are counted from one taking to the next, lists among them", () => {
  const log = new SoakLog();
  const tell = (line: object): void => log.take({ source: "user", message: JSON.stringify(line) });
  tell({ event: "dependency.used", dependency: "blobs", operation: "read", calls: 3 });
  tell({ event: "dependency.used", dependency: "blobs", operation: "list", calls: 2 });
  tell({ event: "dependency.used", dependency: "queues", operation: "send to queue", calls: 1 });
  tell({ event: "dependency.used", dependency: "graph", operation: "POST messages", calls: 7 });
  log.take({
    source: "host",
    message: '{"event":"dependency.used","dependency":"blobs","operation":"read","calls":50}',
  });
  log.take({ source: "user", message: "not one of ours" });
  assert.deepEqual(log.takeRequests(), { storage: 6, lists: 2, graph: 7 });
  assert.deepEqual(log.takeRequests(), { storage: 0, lists: 0, graph: 0 });
});

test("a day's events are counted anew, and what went wrong is kept", () => {
  const log = new SoakLog();
  const tell = (line: object): void => log.take({ source: "user", message: JSON.stringify(line) });
  tell({ event: "partition.gathered", mailboxes: 3 });
  tell({ event: "partition.gathered", mailboxes: 2 });
  tell({ event: "drop.moved", state: "gathered" });
  assert.deepEqual([log.countOf("drop.moved to gathered"), log.countOf("drop.moved to importing")], [1, 0]);
  tell({ event: "invocation.ended" });
  assert.deepEqual([log.countOf("partition.gathered"), log.countOf("mailboxes"), log.invocations], [2, 5, 1]);
  log.begin();
  assert.deepEqual([log.countOf("mailboxes"), log.invocations], [0, 1]);
  tell({ event: "invocation.failed", error: "Error" });
  assert.equal(log.faults.length, 1);
});

test("the command line is read, and what is wrong with it is said", () => {
  assert.deepEqual(parseSoakOptions(["--days", "7"]), { days: 7, items: 300, mailboxes: 20, kept: 7, json: undefined });
  assert.equal(parseSoakOptions(["--help"]), undefined);
  for (const wrong of [
    ["--days", "0"],
    ["--items", "3"],
    ["--weeks", "4"],
  ]) {
    assert.throws(() => parseSoakOptions(wrong), WrongOption);
  }
});
