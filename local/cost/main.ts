import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { toTables } from "./cost-page.ts";
import { countDay, type SampleDay } from "./count-day.ts";
import { type DayUsage, dayUsage } from "./day-usage.ts";

const help = `npm run cost               the tables of docs/cost.md, from the counts in local/cost/counts.json
npm run cost -- --count    counts first: sample days of several sizes through the whole local system (about 10 minutes)
npm run cost -- --write    puts the tables into docs/cost.md
`;

/** Of different sizes in items and in people, so that what grows with which can be told apart. */
const samples: readonly SampleDay[] = [
  { messages: 500, users: 50, format: "flat-csv" },
  { messages: 2_000, users: 50, format: "flat-csv" },
  { messages: 2_000, users: 200, format: "filedump-actiance" },
  { messages: 6_000, users: 200, format: "flat-csv" },
  { messages: 6_000, users: 600, format: "flat-csv" },
  { messages: 12_000, users: 300, format: "flat-csv" },
];

const counts = join(import.meta.dirname, "counts.json");
const page = join(import.meta.dirname, "..", "..", "docs", "cost.md");

async function count(): Promise<void> {
  const days: DayUsage[] = [];
  for (const sample of samples) {
    console.log(`Counting ${sample.messages} messages of ${sample.users} people (${sample.format})`);
    days.push(await countDay(sample));
  }
  await writeFile(counts, `${JSON.stringify(days, undefined, 2)}\n`);
}

async function writePage(tables: Readonly<Record<string, string>>): Promise<void> {
  let text = await readFile(page, "utf8");
  for (const [name, table] of Object.entries(tables)) {
    text = text.replace(
      new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`),
      (_, mark: string, end: string) => `${mark}${table}\n${end}`,
    );
  }
  await writeFile(page, text);
}

const { values } = parseArgs({
  options: { count: { type: "boolean" }, write: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
if (values.help === true) {
  console.log(help);
} else {
  if (values.count === true) await count();
  const counted = z.array(dayUsage).parse(JSON.parse(await readFile(counts, "utf8")));
  const tables = toTables(counted);
  if (values.write === true) await writePage(tables);
  console.log(Object.values(tables).join("\n\n"));
}
