import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fitDays, predict, predictWork } from "../../../local/bench/scale/fit-days.ts";
import { findLargestDrops, splitDay } from "../../../local/bench/scale/largest-drop.ts";
import { measuredStages, parseMeasuredDays, toMeasuredDay } from "../../../local/bench/scale/measured-days.ts";
import { parseScaleOptions } from "../../../local/bench/scale/options.ts";
import { deadlines, flex, limits, type Place } from "../../../local/bench/scale/place.ts";
import { type DayInput, toDay } from "../../../local/bench/scale/scale-day.ts";
import { predictDay, rampUp } from "../../../local/bench/scale/scale-model.ts";
import { sizes, toDuration, toTables } from "../../../local/bench/scale/scale-page.ts";
import { WrongOption } from "../../../local/start/wrong-option.ts";
import { parseSettings } from "../../../shared/config/settings.ts";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/scale.md"), "utf8");
const measured = parseMeasuredDays(readFileSync(join(root, "local/bench/scale/measured-days.json"), "utf8"));
const rates = fitDays(measured);

const importOf = (input: DayInput, place: Partial<Place> = {}) => {
  const stage = predictDay(rates, toDay(input), { ...flex, ...place }).stages.find((one) => one.stage === "import");
  assert.ok(stage);
  return stage;
};

test("docs/scale.md has the tables that follow from the measured days: npm run scale -- --write", () => {
  for (const [name, table] of Object.entries(toTables(measured))) {
    const [, shown] = new RegExp(`<!-- ${name} -->\n([^]*?)\n<!-- end -->`).exec(page) ?? [];
    assert.equal(shown, table, name);
  }
});

test("made from the smaller days, the model foretells what the largest was measured to take", () => {
  const largest = measured.reduce((most, day) => (day.available > most.available ? day : most));
  const smaller = fitDays(measured.filter((day) => day !== largest));
  const off = (stage: (typeof measuredStages)[number], measure: "cpuInMs" | "storage" | "graph"): number =>
    Math.abs(predict(smaller, stage, measure, largest) / largest.stages[stage][measure] - 1);
  for (const stage of measuredStages) {
    assert.ok(off(stage, "cpuInMs") <= 0.35, `${stage}: processor time off by ${off(stage, "cpuInMs")}`);
    assert.ok(off(stage, "storage") <= 0.1, `${stage}: storage operations off by ${off(stage, "storage")}`);
  }
  assert.ok(off("open", "graph") <= 0.02 && off("import", "graph") <= 0.02);
});

test("work adds up to what was measured of the measured days themselves", () => {
  for (const day of measured) {
    const { import: importing, gather } = predictWork(rates, day);
    assert.ok(Math.abs(importing.graph / day.stages.import.graph - 1) <= 0.02);
    assert.ok(Math.abs(gather.storage / day.stages.gather.storage - 1) <= 0.1);
  }
});

test("the place is the one that is deployed: instances, messages at once, deadlines", () => {
  const parameters = readFileSync(join(root, "infra/parameters/prod.bicepparam"), "utf8");
  const host = JSON.parse(readFileSync(join(root, "host.json"), "utf8"));
  const settings = parseSettings({
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    KEY_VAULT_URI: "https://v.example",
  });
  assert.equal(flex.instances, Number(/param maximumInstances = (\d+)/.exec(parameters)?.[1]));
  assert.equal(Number(/param instanceMemoryInMb = (\d+)/.exec(parameters)?.[1]), 2048, "an instance of one core");
  assert.equal(flex.messagesAtOnce, host.extensions.queues.batchSize);
  assert.equal(deadlines.download, settings.FETCH_DEADLINE_SECONDS * 0.75);
});

test("what one app may send to Graph is far above what all instances send", () => {
  const atOnce = flex.instances * flex.messagesAtOnce * flex.lanes;
  assert.equal(atOnce, 480);
  assert.ok(atOnce / flex.graphInSeconds < limits.appPerSecond / 5);
  for (const input of sizes) assert.ok(predictDay(rates, toDay(input), flex).graphPerSecond < limits.appPerSecond);
});

test("twice as many items take about twice as long to import, half the instances too", () => {
  const day = { items: 10_000_000, mailboxes: 20_000 };
  const { seconds } = importOf(day);
  const ratioOf = (other: number): number => other / seconds;
  assert.ok(Math.abs(ratioOf(importOf({ ...day, items: 20_000_000 }).seconds) - 2) < 0.1);
  assert.ok(Math.abs(ratioOf(importOf(day, { instances: 20 }).seconds) - 2) < 0.1);
});

test("one busy mailbox bounds the import however many instances there are", () => {
  const day = { items: 50_000, mailboxes: 1_000, busyTimes: 200 };
  const { bound, seconds } = importOf(day);
  assert.equal(bound, "one busy mailbox");
  assert.equal(importOf(day, { instances: 400 }).seconds, seconds);
  // 30,000 items, three at once, a quarter of a second each, and what storage and reading back take.
  assert.ok(seconds > 2_500 && seconds < 3_000, `${seconds} s`);
});

test("behind 10,000 items Graph's limit for a mailbox bounds it however fast Graph answers", () => {
  const { seconds } = importOf({ items: 60_000, mailboxes: 3, busyTimes: 1 }, { graphInSeconds: 0.01 });
  assert.ok(seconds >= 60_000 / limits.mailboxPerSecond, `${seconds} s`);
});

test("with enough instances it is Graph's limit for the app, or the storage account's, that bounds the import", () => {
  const place = { instances: 100_000, cores: 100, newInstances: { count: 100_000, everyInSeconds: 30 } };
  const { bound, seconds } = importOf({ items: 10_000_000, mailboxes: 300_000, busyTimes: 1 }, place);
  assert.equal(bound, "Graph's limit for the app");
  assert.ok(seconds >= 30_000_000 / limits.appPerSecond);
});

test("instances are added four at a time, and no more than there may be", () => {
  const place = { instances: 10, newInstances: { count: 4, everyInSeconds: 30 } };
  assert.deepEqual(rampUp(60, place), { seconds: 15, instances: 4, isRamping: true });
  // 120 by four in the first half minute, 240 by eight in the next, the last 100 by ten.
  assert.deepEqual(rampUp(460, place), { seconds: 70, instances: 10, isRamping: true });
  assert.deepEqual(rampUp(10_360, place), { seconds: 1060, instances: 10, isRamping: false });
  assert.equal(rampUp(1_000, { ...place, instances: 1 }).seconds, 1_000);
});

test("a drop that half fills an invocation's time is found for each, and twice of it fills it", () => {
  const [half, whole] = [findLargestDrops(rates, flex, 0.5), findLargestDrops(rates, flex, 1)];
  for (const [i, { invocation, items }] of half.entries()) {
    const ratio = (whole[i]?.items ?? 0) / items;
    assert.ok(items > 1_000_000, `${invocation}: ${items}`);
    // Partitions grow in number with the drop, and each of them reads all of it.
    assert.ok(ratio > 1.3 && ratio < 2.2, `${invocation}: ${ratio}`);
  }
});

test("several connectors share the stages before the import, and not the import", () => {
  const input = { items: 10_000_000, mailboxes: 20_000 };
  const [one, ten] = [splitDay(rates, input, 1, flex), splitDay(rates, input, 10, flex)];
  const secondsOf = ({ stages }: typeof one, name: string): number =>
    stages.find(({ stage }) => stage === name)?.seconds ?? Number.NaN;
  assert.ok(secondsOf(ten, "fetch") < secondsOf(one, "fetch") / 3);
  assert.equal(secondsOf(ten, "import"), secondsOf(one, "import"));
  assert.deepEqual(one, predictDay(rates, toDay(input), flex));
});

test("the busiest mailbox never has more items than there are", () => {
  assert.equal(toDay({ items: 100, mailboxes: 2, busyTimes: 10 }).busiest, 100);
  assert.equal(toDay({ items: 10_000, mailboxes: 200 }).busiest, 1_500);
});

test("the command line is read, and what is wrong with it is said", () => {
  const asked = parseScaleOptions(["--items", "200000", "--instances", "4", "--graph-ms", "100", "--connectors", "2"]);
  assert.ok(asked.type === "day");
  assert.deepEqual(asked.input, { items: 200_000, mailboxes: 2_000, files: 1, busyTimes: 10 });
  assert.deepEqual([asked.place.instances, asked.place.graphInSeconds, asked.connectors], [4, 0.1, 2]);
  assert.equal(parseScaleOptions([]).type, "tables");
  assert.equal(parseScaleOptions(["--write"]).type, "write");
  for (const wrong of [["--mailboxes", "3"], ["--items", "many"], ["--strange"]]) {
    assert.throws(() => parseScaleOptions(wrong), WrongOption);
  }
});

test("a day whose process has not told of everything is refused", () => {
  const told = { items: 1, available: 3, runs: 1, persons: 1, chunks: 1, partitions: 8 };
  assert.throws(() => toMeasuredDay(told, 600), /cpuInMs/);
});

test("times are told as people say them", () => {
  assert.deepEqual([42.4, 720, 11_160].map(toDuration), ["42 s", "12 min", "3.1 h"]);
});
