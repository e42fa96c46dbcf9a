import assert from "node:assert/strict";
import { test } from "node:test";
import type { DayShape, DayUsage } from "../../../local/cost/day-usage.ts";
import { assumed, expectDay, predictExecutions, toShape } from "../../../local/cost/expected-day.ts";
import { fitNonNegative } from "../../../local/cost/fit-non-negative.ts";
import { type PricedEnvironment, priceDay, toGbSeconds, toGranted } from "../../../local/cost/priced-day.ts";
import { UsageReader } from "../../../local/cost/read-usage.ts";
import { fitUsage, predictCalls } from "../../../local/cost/usage-model.ts";

test("what was counted is explained by what it grows with", () => {
  const rows = [
    [1, 10],
    [2, 10],
    [5, 100],
    [9, 400],
  ];
  const fitted = fitNonNegative(
    rows,
    rows.map(([a = 0, b = 0]) => 18 * a + 0.25 * b),
  );
  assert.ok(Math.abs((fitted[0] ?? 0) - 18) < 0.01 && Math.abs((fitted[1] ?? 0) - 0.25) < 0.001, fitted.join(" "));
});

test("nothing is explained by doing less than nothing", () => {
  const fitted = fitNonNegative(
    [
      [1, 1],
      [1, 2],
      [1, 3],
    ],
    [30, 20, 10],
  );
  assert.equal(fitted[1], 0);
  assert.ok((fitted[0] ?? 0) > 10 && (fitted[0] ?? 0) < 30);
});

/** A day on which each mailbox run reads 18 blobs and each item posts once, and nothing else happens. */
function dayOf(runs: number, available: number): DayUsage {
  const shape: DayShape = { ...toShape(available / 3, runs), available };
  const calls = { "blobs read": 18 * runs, "blobs create": 4 * runs, "graph POST messages": available };
  return {
    shape,
    functions: {
      importMailbox: { executions: runs, totalInMs: 500 * runs, lines: 10 * runs, linesInBytes: 3_000 * runs, calls },
    },
    quiet: {
      sweep: { executions: 4, totalInMs: 60, lines: 8, linesInBytes: 1_600, calls: { "blobs list": 4 } },
      sweepFull: { executions: 2, totalInMs: 900, lines: 24, linesInBytes: 6_000, calls: { "blobs list": 8 } },
    },
    storedInBytes: { evidence: 100 * available, drops: 7_000_000, ledger: 200 * available, state: 1000 * runs },
  };
}

const counted = [dayOf(10, 300), dayOf(40, 600), dayOf(100, 6_000)];

test("the model gives back the days that it was made from, and others between", () => {
  const model = fitUsage(counted);
  const { shape } = dayOf(60, 3_000);
  const calls = predictCalls(model, "importMailbox", shape, 60);
  for (const [operation, expected] of Object.entries({
    "blobs read": 1080,
    "blobs create": 240,
    "graph POST messages": 3000,
  })) {
    assert.ok(Math.abs((calls[operation] ?? 0) / expected - 1) < 0.01, `${operation} ${calls[operation]}`);
  }
  assert.deepEqual(predictCalls(model, "unheard of", shape, 1), {});
});

test("a busy mailbox takes further slices", () => {
  const itemsASlice = (assumed.sliceInSeconds / assumed.graphInSeconds) * assumed.lanes;
  const one = predictExecutions({ ...toShape(100, 1), available: itemsASlice - 1, runs: 1 });
  const three = predictExecutions({ ...toShape(100, 1), available: 2 * itemsASlice, runs: 1 });
  assert.deepEqual([one["importMailbox"], three["importMailbox"]], [1, 3]);
});

test("timers that find nothing to do cost what they were seen to ask", () => {
  const { blobLists, executions } = expectDay(counted, toShape(1000, 50));
  // 3,000 items x mailboxes: an open drop for twenty minutes.
  const quiet = assumed.sweepsADay - 4;
  // Two of three list once, the third four times.
  assert.ok(Math.abs(blobLists - ((quiet * 2) / 3 + (quiet / 3) * 4)) < 1e-6, String(blobLists));
  assert.ok(executions >= assumed.fetchTimersADay + assumed.sweepsADay);
});

test("plaintext counts for nothing in what is kept, and what each run and each item leave is told apart", () => {
  const { keptInBytes } = expectDay(counted, { ...toShape(1000, 50), available: 3000 });
  assert.ok(Math.abs(keptInBytes / (300 * 3000 + 1000 * 50) - 1) < 0.02, String(keptInBytes));
});

const environment: PricedEnvironment = {
  ...{ name: "test", memoryInGb: 2, storageSku: "Standard_LRS", logsReads: false, privateEndpoints: 3 },
  alerts: { every5Minutes: 2, every15Minutes: 4, metrics: 5 },
};

test("each position is its quantity at its price", () => {
  const day = expectDay(counted, { ...toShape(1000, 50), available: 3000 });
  const { operations, bytes, fixed } = priceDay(day, environment);
  const all = [...operations, ...bytes, ...fixed];
  const costOf = (what: string): number => all.find((one) => one.what === what)?.cost ?? Number.NaN;
  assert.equal(costOf("blob writes"), (day.blobWrites * 0.05) / 1e4);
  assert.equal(costOf("NAT gateway"), 24 * 0.045);
  assert.equal(costOf("private endpoints"), 3 * 24 * 0.01);
  // 2 x 1.50 + 4 x 0.50 + 5 x 0.10 a month.
  assert.ok(Math.abs(costOf("alert rules") - (5.5 * 12) / 365) < 1e-9, String(costOf("alert rules")));
  assert.ok(all.every(({ cost }) => Number.isFinite(cost) && cost >= 0));
});

test("logging reads costs what the rows of all reads cost", () => {
  const day = expectDay(counted, { ...toShape(1000, 50), available: 3000 });
  const logs = (logsReads: boolean): number =>
    priceDay(day, { ...environment, logsReads }).bytes.find(({ what }) => what.startsWith("logs"))?.quantity ?? 0;
  const more = (day.blobReads + day.blobLists) * assumed.storageLogRowInBytes;
  assert.ok(Math.abs((logs(true) - logs(false)) * 1e9 - more) < 1);
});

test("an instance that wakes is paid for a second at least; waiting takes as long on a small one, work longer", () => {
  const day = expectDay(counted, { ...toShape(1000, 50), available: 3000, runs: 50 });
  const wakings = [
    { times: 10, eachInSeconds: 0.05 },
    { times: 2, eachInSeconds: 1.33 },
  ];
  const busy = { ...day, wakings, waitingInSeconds: 100, workingInSeconds: 20 };
  const near = (found: number, expected: number): void => assert.ok(Math.abs(found - expected) < 1e-6, String(found));
  near(toGbSeconds(busy, { memoryInGb: 2 }), 2 * (100 + 20 + 10 + 2 * 1.4));
  near(toGbSeconds(busy, { memoryInGb: 0.5 }), 0.5 * (100 + 80 + 10 + 2 * 5.4));
  near(toGbSeconds(busy, { memoryInGb: 4 }), 4 * (100 + 20 + 10 + 2 * 1.4));
});

test("the free grant covers what there is of it, and no more", () => {
  const day = expectDay(counted, { ...toShape(1000, 50), available: 3000 });
  const large = { ...day, executions: 1e9, waitingInSeconds: 1e9 };
  const computeOf = (one: typeof day): number =>
    priceDay(one, environment)
      .operations.filter(({ what }) => what === "executions" || what === "compute")
      .reduce((sum, { cost }) => sum + cost, 0);
  assert.ok(Math.abs(toGranted(day, environment) - computeOf(day)) < 1e-9);
  const aDay = ((100_000 * 0.000026 + 250_000 * 0.4e-6) * 12) / 365;
  assert.ok(Math.abs(toGranted(large, environment) - aDay) < 1e-9);
});

test("what is told follows the runs of each function", () => {
  const { toldInBytes } = expectDay(counted, { ...toShape(1000, 50), available: 3000, runs: 50 });
  const host = assumed.hostRowsEach * assumed.hostRowInBytes;
  const eachOf = (lines: number, bytes: number): number => bytes + lines * assumed.logRowInBytes + host;
  const quiet = assumed.sweepsADay - 4;
  const sweeps = ((quiet * 2) / 3) * eachOf(2, 400) + (quiet / 3) * eachOf(12, 3_000);
  const others = predictExecutions(toShape(1000, 50));
  const unheard = Object.entries(others).filter(([name]) => name !== "importMailbox");
  const fetches = assumed.fetchTimersADay - assumed.fetches;
  const silent = (unheard.reduce((sum, [, times]) => sum + times, 0) + fetches) * host;
  assert.ok(Math.abs(toldInBytes / (50 * eachOf(10, 3_000) + sweeps + silent) - 1) < 0.01, String(toldInBytes));
});

test("a day is read off the terminal; what others say is passed over", () => {
  const reader = new UsageReader();
  const tell = (fields: object): void =>
    reader.take(`  info ${JSON.stringify({ event: "", function: "mapChats", ...fields })}`);
  reader.take("available 3 = imported 3");
  reader.take('  info {"other": "program"}');
  tell({ event: "file.fetched", function: "fetchDrops" });
  tell({ event: "file.sealed", function: "openDropFile", chunks: 2, items: 700 });
  tell({ event: "people.resolved", persons: 12 });
  tell({ event: "dependency.used", dependency: "blobs", operation: "read", calls: 3 });
  tell({ event: "dependency.used", dependency: "blobs", operation: "read", calls: 4 });
  tell({ event: "invocation.ended", durationInMs: 40 });
  assert.equal(reader.isClosed, false);
  tell({ event: "drop.closed", function: "sweep", items: 700, available: 1400 });
  const { shape, functions } = reader.toUsage({ ledger: 5 }, {});
  const { lines, linesInBytes, ...asked } = functions["mapChats"] ?? {};
  assert.deepEqual(asked, { executions: 1, totalInMs: 40, calls: { "blobs read": 7 } });
  assert.deepEqual(shape, { files: 1, items: 700, available: 1400, chunks: 2, partitions: 0, persons: 12, runs: 0 });
  assert.deepEqual([reader.isClosed, lines], [true, 4]);
  assert.ok(Number(linesInBytes) > 4 * 40);
});
