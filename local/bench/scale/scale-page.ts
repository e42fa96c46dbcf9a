import { fitDays, type Measure, predict, type Rates } from "./fit-days.ts";
import { findLargestDrops, splitDay } from "./largest-drop.ts";
import { type MeasuredDay, measuredStages } from "./measured-days.ts";
import { flex } from "./place.ts";
import { type DayInput, toDay } from "./scale-day.ts";
import { type DayTime, type Invocation, predictDay } from "./scale-model.ts";

/** The days of the tables. */
export const sizes: readonly DayInput[] = [
  { items: 10_000, mailboxes: 200 },
  { items: 200_000, mailboxes: 2_000 },
  { items: 1_000_000, mailboxes: 5_000 },
  { items: 10_000_000, mailboxes: 20_000 },
];

const instanceCounts = [1, 4, 10, 40, 100] as const;
const widths = [4, 8, 16] as const;
const connectorCounts = [1, 2, 5, 10] as const;

const toNumber = (value: number): string =>
  Math.round(Number(value.toPrecision(value >= 1000 ? 3 : 2))).toLocaleString("en-US");
const toRow = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const toHead = (...cells: readonly string[]): string => `${toRow(...cells)}\n|${"---|".repeat(cells.length)}`;

/** Such as `40 s`, `12 min` or `3.1 h`. */
export function toDuration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toPrecision(2))} h`;
}

/** The tables of docs/scale.md by the marks between which the page has them. */
export function toTables(measured: readonly MeasuredDay[]): Readonly<Record<string, string>> {
  const rates = fitDays(measured);
  return {
    days: toDayTable(sizes.map((input) => ({ input, time: predictDay(rates, toDay(input), flex) }))),
    instances: toInstanceTable(rates),
    widths: toWidthTable(rates),
    mailboxes: toMailboxTable(rates),
    largest: toLargestTable(rates),
    split: toSplitTable(rates),
    check: toCheckTable(measured),
  };
}

/** One day's stages and bounds. */
export function toDayTable(days: readonly { readonly input: DayInput; readonly time: DayTime }[]): string {
  const [first] = days;
  const stages = (first?.time.stages ?? []).map(({ stage }, i) =>
    toRow(stage, ...days.map(({ time }) => toStageText(time.stages[i]))),
  );
  return [
    toHead("a day of", ...days.map(({ input }) => `${input.items.toLocaleString("en-US")} items`)),
    toRow("mailboxes", ...days.map(({ input }) => input.mailboxes.toLocaleString("en-US"))),
    toRow("items x mailboxes", ...days.map(({ input }) => (input.items * 3).toLocaleString("en-US"))),
    toRow("in the busiest mailbox", ...days.map(({ input }) => toNumber(toDay(input).busiest))),
    ...stages,
    toRow("**from listing to report**", ...days.map(({ time }) => `**${toDuration(time.seconds)}**`)),
    toRow("instances in the end", ...days.map(({ time }) => String(time.instances))),
    toRow("requests to Graph a second", ...days.map(({ time }) => toNumber(time.graphPerSecond))),
  ].join("\n");
}

function toStageText(stage: DayTime["stages"][number] | undefined): string {
  return stage === undefined ? "" : `${toDuration(stage.seconds)} (${stage.bound})`;
}

function toInstanceTable(rates: Rates): string {
  const rows = instanceCounts.map((instances) =>
    toRow(
      String(instances),
      ...sizes.map((input) => toDuration(predictDay(rates, toDay(input), { ...flex, instances }).seconds)),
    ),
  );
  return [toHead("instances at most", ...sizes.map(({ items }) => `${toNumber(items)} items`)), ...rows].join("\n");
}

function toWidthTable(rates: Rates): string {
  const rows = widths.map((messagesAtOnce) => {
    const times = sizes.map((input) => predictDay(rates, toDay(input), { ...flex, messagesAtOnce }));
    return toRow(String(messagesAtOnce), ...times.map(({ seconds }) => toDuration(seconds)));
  });
  return [toHead("messages at once", ...sizes.map(({ items }) => `${toNumber(items)} items`)), ...rows].join("\n");
}

/** How long one mailbox takes by itself. */
function toMailboxTable(rates: Rates): string {
  const rows = [1_000, 10_000, 50_000, 200_000].map((items) => {
    const { stages } = predictDay(rates, toDay({ items, mailboxes: 1, busyTimes: 1 }), flex);
    const busy = predictDay(rates, toDay({ items, mailboxes: 1, busyTimes: 1 }), { ...flex, graphInSeconds: 0.15 });
    const of = (time: Pick<DayTime, "stages">): string =>
      toDuration(time.stages.find(({ stage }) => stage === "import")?.seconds ?? 0);
    return toRow(toNumber(items), of({ stages }), of(busy));
  });
  return [toHead("items in one mailbox", "0.25 s a creation", "0.15 s a creation"), ...rows].join("\n");
}

const invocationTexts: Readonly<Record<Invocation, string>> = {
  download: "downloading one file",
  verify: "decrypting and checking one file",
  open: "cutting one file into chunks",
  people: "looking everybody up",
  partition: "gathering a partition",
  close: "closing and reporting",
};

function toLargestTable(rates: Rates): string {
  const rows = findLargestDrops(rates, flex).map(({ invocation, items, deadlineInSeconds }) =>
    toRow(invocationTexts[invocation], toDuration(deadlineInSeconds), toNumber(Number(items.toPrecision(2)))),
  );
  return [toHead("one invocation", "may take", "items of a drop that take half of that"), ...rows].join("\n");
}

function toSplitTable(rates: Rates): string {
  const large = sizes.slice(1);
  const rows = connectorCounts.map((connectors) =>
    toRow(String(connectors), ...large.map((input) => toDuration(splitDay(rates, input, connectors, flex).seconds))),
  );
  return [toHead("connectors", ...large.map(({ items }) => `${toNumber(items)} items in all`)), ...rows].join("\n");
}

/** How near the model comes to the largest of the measured days when it is made from the others only. */
function toCheckTable(measured: readonly MeasuredDay[]): string {
  const largest = measured.reduce((most, day) => (day.available > most.available ? day : most));
  const rates = fitDays(measured.filter((day) => day !== largest));
  const cells = (measure: Measure, unit: number): ((stage: (typeof measuredStages)[number]) => string[]) => {
    return (stage) => {
      const [was, would] = [largest.stages[stage][measure] / unit, predict(rates, stage, measure, largest) / unit];
      return [toFixed(was), toFixed(would), was === 0 ? "" : `${Math.round((would / was - 1) * 100)} %`];
    };
  };
  const rows = measuredStages.map((stage) =>
    toRow(stage, ...cells("cpuInMs", 1000)(stage), ...cells("storage", 1)(stage)),
  );
  return [
    toHead("stage", "processor s, measured", "foretold", "off by", "storage operations, counted", "foretold", "off by"),
    ...rows,
  ].join("\n");
}

function toFixed(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(2)));
}
