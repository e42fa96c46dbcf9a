import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dayUsage } from "../../cost/day-usage.ts";
import { environments } from "../../cost/environments.ts";
import { expectDay, toShape } from "../../cost/expected-day.ts";
import { type PricedDay, priceDay } from "../../cost/priced-day.ts";
import { meets, type Row } from "../row.ts";

const target = { type: "below", value: 0.05 } as const;
const counts = join(import.meta.dirname, "..", "..", "cost", "counts.json");
const size = { items: 10_000, mailboxes: 200 } as const;

/** What a small day costs for its items, as docs/cost.md has it. */
export const dayCost: Row = {
  id: "cost",
  title: "cost of a day of 10,000 items, from counted operations",
  target,
  run: async () => {
    const counted = z.array(dayUsage).parse(JSON.parse(await readFile(counts, "utf8")));
    const day = expectDay(counted, toShape(size.items, size.mailboxes));
    const prod = priceDay(day, environments.prod);
    const nothing = priceDay(expectDay(counted, toShape(0, 0)), environments.prod);
    const ratio = sum(prod);
    return {
      figure: ratio,
      unit: "US dollars",
      ratio,
      isMet: meets(target, ratio),
      notes: [
        `\`prod.bicepparam\`, what comes with the items (${size.items * 3} items x mailboxes in ${size.mailboxes} mailboxes), list prices, nothing free: ${toText(prod)}`,
        `a day on which nothing comes ${sum(nothing).toFixed(3)}: timers look 576 times whether there is something to do (${toText(nothing)})`,
        `\`dev.bicepparam\` ${sum(priceDay(day, environments.dev)).toFixed(3)}`,
        `counted by npm run cost -- --count; docs/cost.md has the tables and what each day costs whatever comes`,
      ],
    };
  },
};

function sum({ variable }: PricedDay): number {
  return variable.reduce((all, { cost }) => all + cost, 0);
}

function toText({ variable }: PricedDay): string {
  return variable
    .filter(({ cost }) => cost >= 0.0005)
    .toSorted((a, b) => b.cost - a.cost)
    .map(({ what, cost }) => `${what} ${cost.toFixed(3)}`)
    .join(", ");
}
