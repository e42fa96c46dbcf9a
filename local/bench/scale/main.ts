import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WrongOption } from "../../start/wrong-option.ts";
import { fitDays } from "./fit-days.ts";
import { splitDay } from "./largest-drop.ts";
import { measureDays } from "./measure-days.ts";
import { type MeasuredDay, parseMeasuredDays } from "./measured-days.ts";
import { help, parseScaleOptions, type ScaleOptions } from "./options.ts";
import { toDuration, toTables } from "./scale-page.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const measured = join(import.meta.dirname, "measured-days.json");
const page = join(root, "docs", "scale.md");

/** The entry of `npm run scale`. */
async function main(): Promise<number> {
  try {
    await run(parseScaleOptions(process.argv.slice(2)));
    return 0;
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(options: ScaleOptions): Promise<void> {
  if (options.type === "help") return console.log(help);
  if (options.type === "measure") {
    const days = await measureDays(join(root, ".local", "bench"), (line) => console.error(line));
    await writeFile(measured, `${JSON.stringify(days, undefined, 2)}\n`);
  }
  const days = parseMeasuredDays(await readFile(measured, "utf8"));
  if (options.type === "day") return tellDay(days, options);
  const tables = toTables(days);
  if (options.type === "write") await writePage(tables);
  console.log(Object.values(tables).join("\n\n"));
}

function tellDay(days: readonly MeasuredDay[], { input, place, connectors }: ScaleOptions & { type: "day" }): void {
  const { stages, seconds, instances, graphPerSecond } = splitDay(fitDays(days), input, connectors, place);
  for (const { stage, seconds: taken, bound } of stages) {
    console.log(`${stage.padEnd(12)} ${toDuration(taken).padStart(8)}   ${bound}`);
  }
  const rate = `${Math.round(graphPerSecond).toLocaleString("en-US")} requests to Graph a second`;
  console.log(`${"in all".padEnd(12)} ${toDuration(seconds).padStart(8)}   ${instances} instances, ${rate}`);
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

process.exitCode = await main();
