import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRows } from "../../../local/bench/choose-rows.ts";
import { median } from "../../../local/bench/measure/median.ts";
import { measurePairs, toFigures } from "../../../local/bench/measure/pairs.ts";
import { createRunChild } from "../../../local/bench/measure/run-child.ts";
import { Stopwatch } from "../../../local/bench/measure/stopwatch.ts";
import { parseBenchOptions } from "../../../local/bench/options.ts";
import { meets } from "../../../local/bench/row.ts";
import { rows } from "../../../local/bench/rows.ts";
import { type RowResult, toTable, toTargetText, toText } from "../../../local/bench/table.ts";
import { WrongOption } from "../../../local/start/wrong-option.ts";

const ids = ["one", "two"];

test("the median is the middle, or the mean of the two in the middle, of numbers in any order", () => {
  assert.equal(median([5]), 5);
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([4, 1, 3, 100]), 3.5);
  assert.throws(() => median([]), RangeError);
});

test("without options it is the large day, all rows", () => {
  const options = parseBenchOptions([], ids);
  assert.equal(options?.messages, 200_000);
  assert.equal(options?.mailboxes, 2_000);
  assert.deepEqual(options?.only, []);
});

test("options are taken, and a quick run is small unless sizes are named", () => {
  const quick = parseBenchOptions(["--quick"], ids);
  assert.deepEqual([quick?.messages, quick?.mailboxes, quick?.isQuick], [10_000, 100, true]);
  const named = parseBenchOptions(["--quick", "--messages", "7", "--only", "two,one", "--json", "x.json"], ids);
  assert.deepEqual([named?.messages, named?.only, named?.json], [7, ["two", "one"], "x.json"]);
  assert.equal(parseBenchOptions(["--help"], ids), undefined);
});

test("what is no option, no number or no row is told in a sentence", () => {
  for (const [args, sentence] of [
    [["--fast"], /--fast/],
    [["--messages", "1e5"], /--messages must be a whole number/],
    [["--mailboxes", "0"], /--mailboxes must be a whole number/],
    [["--only", "one,three"], /no row "three".*one, two/],
    [["--quick", "--full"], /contradict/],
  ] as const) {
    assert.throws(
      () => parseBenchOptions(args, ids),
      (error) => error instanceof WrongOption && sentence.test(error.message),
    );
  }
});

test("pairs take turns in who is first, until the time is used up", async () => {
  let now = 0;
  const order: string[] = [];
  const contest = {
    ours: async () => {
      order.push("A");
      now += 10;
      return now;
    },
    yardstick: async () => {
      order.push("B");
      return now;
    },
  };
  const pairs = await measurePairs(contest, { budgetInMs: 35, least: 2, most: 7, now: () => now });
  assert.equal(order.join(""), "ABBAABBA");
  assert.deepEqual(pairs[1], [20, 10]);
  order.length = 0;
  assert.equal((await measurePairs(contest, { budgetInMs: 0, least: 3, now: () => now })).length, 3);
  assert.equal((await measurePairs(contest, { budgetInMs: 1e9, most: 4, now: () => now })).length, 4);
});

test("the ratio is the median of the pairs' ratios and not the ratio of medians", () => {
  // A slow minute falls on both of a pair.
  const figures = toFigures([
    [2, 1],
    [20, 10],
    [3, 1],
  ]);
  assert.deepEqual([figures.figure, figures.yardstick, figures.ratio], [3, 1, 2]);
  assert.match(figures.spread, /3 pairs, ratios 2\.00 to 3\.00/);
});

test("a target is met at its bound, unless it says below", () => {
  assert.ok(meets({ type: "at most", value: 3 }, 3) && !meets({ type: "at most", value: 3 }, 3.01));
  assert.ok(meets({ type: "at least", value: 0.8 }, 0.8) && !meets({ type: "at least", value: 0.8 }, 0.79));
  assert.ok(meets({ type: "below", value: 0.05 }, 0.049) && !meets({ type: "below", value: 0.05 }, 0.05));
  assert.equal(toTargetText({ type: "at least", value: 60 }), ">= 60");
});

test("numbers have three digits that count", () => {
  assert.deepEqual([0.04567, 1.005, 12.345, 99.96, 1234.5, 0].map(toText), [
    "0.0457",
    "1",
    "12.3",
    "100",
    "1,235",
    "0",
  ]);
});

test("the table has a line for each row, with what was not measured and why", () => {
  const target = { type: "at most", value: 2.5 } as const;
  const measured = { figure: 3, yardstick: 1, ratio: 3, unit: "s", isMet: false, notes: ["first", "second"] };
  const results: RowResult[] = [
    { id: "a", title: "A", target, measured, tookInMs: 1 },
    {
      id: "b",
      title: "B",
      target,
      measured: { figure: 2, ratio: 2, unit: "MiB", isMet: true, notes: [] },
      tookInMs: 1,
    },
    { id: "c", title: "C", target, failure: "sshd is not installed", tookInMs: 1 },
  ];
  const lines = toTable(results).split("\n");
  assert.equal(lines[2], "| A [1] | 3 s | 1 s | 3 | <= 2.5 | **no** |");
  assert.equal(lines[3], "| B [2] | 2 MiB |  | 2 | <= 2.5 | yes |");
  assert.match(lines[4] ?? "", /not measured/);
  assert.ok(lines.includes("[1] first; second") && lines.includes("[3] sshd is not installed"));
  for (const line of lines.slice(0, 5)) assert.equal(line.split("|").length, 8, line);
});

test("long rows are measured when they are named, or with --full", () => {
  const target = { type: "at most", value: 1 } as const;
  const run = async () => ({ figure: 1, ratio: 1, unit: "s", isMet: true, notes: [] });
  const two = [
    { id: "one", title: "", target, run },
    { id: "two", title: "", target, run, isLong: true },
  ];
  const chosen = (only: string[], isFull: boolean) => chooseRows(two, { only, isFull }).map(({ id }) => id);
  assert.deepEqual(chosen([], false), ["one"]);
  assert.deepEqual(chosen([], true), ["one", "two"]);
  assert.deepEqual(chosen(["two"], false), ["two"]);
});

test("each row has an id of its own", () => {
  const all = rows.map(({ id }) => id);
  assert.equal(new Set(all).size, all.length);
  for (const id of all) assert.match(id, /^[a-z0-9-]{3,24}$/);
});

test("a stopwatch adds up what is timed, failures too, and nothing else", async () => {
  const watch = new Stopwatch();
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  await watch.time(wait);
  await wait();
  await assert.rejects(
    watch.time(async () => {
      await wait();
      throw new Error("broken");
    }),
  );
  assert.ok(watch.taken.wallInMs >= 38, `${watch.taken.wallInMs}`);
  assert.ok(watch.taken.cpuInMs >= 0);
});

test("a body that cannot be run is told with its own words", { timeout: 30_000 }, async () => {
  await assert.rejects(createRunChild()("no-such-body", {}), /there is no body no-such-body/);
});
