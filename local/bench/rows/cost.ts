import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dayUsage } from "../../cost/day-usage.ts";
import { environments } from "../../cost/environments.ts";
import { type ExpectedDay, expectDay, toShape } from "../../cost/expected-day.ts";
import { type Position, type PricedEnvironment, priceDay, toGranted, toSum } from "../../cost/priced-day.ts";
import { meets, type Row } from "../row.ts";

const target = { type: "below", value: 0.05 } as const;
const counts = join(import.meta.dirname, "..", "..", "cost", "counts.json");
const size = { items: 10_000, mailboxes: 200 } as const;

/** What the counted operations of a small day cost, its timers with it, as docs/cost.md has them. */
export const dayCost: Row = {
  id: "cost",
  title: "cost of a day of 10,000 items, from counted operations",
  target,
  run: async () => {
    const counted = z.array(dayUsage).parse(JSON.parse(await readFile(counts, "utf8")));
    const day = expectDay(counted, toShape(size.items, size.mailboxes));
    const nothing = expectDay(counted, toShape(0, 0));
    const { operations } = priceDay(day, environments.small);
    const figure = toSum(operations);
    return {
      ...{ figure, unit: "US dollars", ratio: figure, isMet: meets(target, figure) },
      notes: [
        `${environments.small.name}, list prices, nothing free, ${size.items * 3} items x mailboxes in ${size.mailboxes} mailboxes: ${toText(operations)}`,
        `in it, a day on which nothing comes: ${toSum(priceDay(nothing, environments.small).operations).toFixed(3)}`,
        ...Object.values(environments).map((environment) => toComparison(day, environment)),
        "not held against the target: bytes to Graph, through NAT and into logs, and what each day costs whatever comes (network, an instance that is always ready, alerts); docs/cost.md has each",
        "counted by npm run cost -- --count",
      ],
    };
  },
};

function toComparison(day: ExpectedDay, environment: PricedEnvironment): string {
  const { operations, bytes, fixed } = priceDay(day, environment);
  const granted = toSum(operations) - toGranted(day, environment);
  const sums = [toSum(operations), granted, toSum(operations) + toSum(bytes), toSum(fixed)].map((sum) =>
    sum.toFixed(3),
  );
  return `${environment.name}: operations ${sums[0]}, less the free grant ${sums[1]}; with bytes ${sums[2]}; besides, whatever comes, ${sums[3]}`;
}

function toText(positions: readonly Position[]): string {
  return positions
    .filter(({ cost }) => cost >= 0.0005)
    .toSorted((a, b) => b.cost - a.cost)
    .map(({ what, cost }) => `${what} ${cost.toFixed(3)}`)
    .join(", ");
}
