import type { DayUsage } from "./day-usage.ts";
import { environments } from "./environments.ts";
import { type ExpectedDay, expectDay, toShape } from "./expected-day.ts";
import { type PricedDay, type PricedEnvironment, priceDay, toGbSeconds, toGranted, toSum } from "./priced-day.ts";
import { fitUsage, modelled, predictCalls } from "./usage-model.ts";

/** The days of the tables: items, and mailboxes that they go to. */
const sizes = [
  { items: 10_000, mailboxes: 200 },
  { items: 200_000, mailboxes: 2_000 },
  { items: 1_000_000, mailboxes: 5_000 },
] as const;

const toNumber = (value: number): string =>
  value === 0 || value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(2)));
const toDollars = (value: number): string => value.toFixed(value >= 10 ? 1 : value >= 0.1 ? 2 : 4);
const toRow = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const toHead = (...cells: readonly string[]): string => `${toRow(...cells)}\n|${"---|".repeat(cells.length)}`;

/** The tables of docs/cost.md by the marks between which the page has them. */
export function toTables(counted: readonly DayUsage[]): Readonly<Record<string, string>> {
  const days = sizes.map(({ items, mailboxes }) => expectDay(counted, toShape(items, mailboxes)));
  return {
    quantities: toQuantityTable(days),
    prod: toCostTable(days, environments.prod),
    small: toCostTable(days, environments.small),
    dev: toCostTable(days, environments.dev),
    check: toCheckTable(counted),
  };
}

/** What each of the days takes. */
function toQuantityTable(days: readonly ExpectedDay[]): string {
  const rows: [string, (day: ExpectedDay) => number][] = [
    ["mailboxes", ({ shape }) => shape.runs],
    ["items x mailboxes", ({ shape }) => shape.available],
    ["executions", ({ executions }) => executions],
    ["compute on instances of 2 GB, GB-s", (day) => toGbSeconds(day, { memoryInGb: 2 })],
    ["compute on instances of 0.5 GB, GB-s", (day) => toGbSeconds(day, { memoryInGb: 0.5 })],
    ["blob writes", ({ blobWrites }) => blobWrites],
    ["blob reads, leases, properties", ({ blobReads }) => blobReads],
    ["blob lists", ({ blobLists }) => blobLists],
    ["queue operations", ({ queues }) => queues],
    ["vault operations", ({ vault }) => vault],
    ["requests to Graph", ({ graph }) => graph],
    ["storage operations for each item x mailbox", storageEach],
    ["lines of functions and host, MB", ({ toldInBytes }) => toldInBytes / 1e6],
    ["kept until retention ends it, MB", ({ keptInBytes }) => keptInBytes / 1e6],
  ];
  return [
    toHead("a day of", ...days.map(({ shape }) => `${toNumber(shape.items)} items`)),
    ...rows.map(([what, of]) => toRow(what, ...days.map((day) => toNumber(of(day))))),
  ].join("\n");
}

function storageEach({ blobWrites, blobReads, blobLists, queues, shape }: ExpectedDay): number {
  return (blobWrites + blobReads + blobLists + queues) / shape.available;
}

/** What each of the days costs in an environment, in US dollars. */
function toCostTable(days: readonly ExpectedDay[], environment: PricedEnvironment): string {
  const bills = days.map((day) => priceDay(day, environment));
  const sumsOf = (...groups: (keyof PricedDay)[]): number[] =>
    bills.map((bill) => toSum(groups.flatMap((group) => bill[group])));
  const toStrong = (what: string, sums: readonly number[]): string =>
    toRow(`**${what}**`, ...sums.map((sum) => `**${toDollars(sum)}**`));
  return [
    toHead(`US dollars a day, ${environment.name}`, ...days.map(({ shape }) => `${toNumber(shape.items)} items`)),
    ...toLines(bills, "operations"),
    toStrong("counted operations", sumsOf("operations")),
    toRow("of them free in a month's grant", ...days.map((day) => toDollars(toGranted(day, environment)))),
    ...toLines(bills, "bytes"),
    toStrong("operations and bytes", sumsOf("operations", "bytes")),
    ...toLines(bills, "fixed"),
    toStrong("whatever comes", sumsOf("fixed")),
  ].join("\n");
}

function toLines(bills: readonly PricedDay[], group: keyof PricedDay): string[] {
  const whats = bills[0]?.[group].map(({ what }) => what) ?? [];
  return whats.map((what, i) => toRow(what, ...bills.map((bill) => toDollars(bill[group][i]?.cost ?? 0))));
}

/** How near the model comes to the largest of the days, when it is made from the others only. */
function toCheckTable(counted: readonly DayUsage[]): string {
  const largest = counted.reduce((most, day) => (day.shape.available > most.shape.available ? day : most));
  const model = fitUsage(counted.filter((day) => day !== largest));
  const rows = modelled.map((name) => {
    const usage = largest.functions[name];
    const expected = predictCalls(model, name, largest.shape, usage?.executions ?? 0);
    const all = (calls: Readonly<Record<string, number>> = {}): number =>
      Object.values(calls).reduce((sum, count) => sum + count, 0);
    const [was, would] = [all(usage?.calls), all(expected)];
    return toRow(name, toNumber(was), toNumber(would), `${((would / was - 1) * 100).toFixed(1)} %`);
  });
  return [toHead("requests of", "counted", "expected", "off by"), ...rows].join("\n");
}
