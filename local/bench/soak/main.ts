import { writeFile } from "node:fs/promises";
import { WrongOption } from "../../start/wrong-option.ts";
import { help, parseSoakOptions } from "./options.ts";
import { runSoak } from "./run-soak.ts";
import { dayHead, toDayRow, toTrends, toTrendTable } from "./soak-day.ts";

/** Caches fill and code is compiled meanwhile. */
const warmUpShare = 1 / 3;

/** The entry of `npm run soak`. */
async function main(): Promise<number> {
  try {
    const options = parseSoakOptions(process.argv.slice(2));
    if (options === undefined) {
      console.log(help);
      return 0;
    }
    console.log(dayHead);
    const days = await runSoak(options, (day) => console.log(toDayRow(day)));
    const warmUp = Math.floor(days.length * warmUpShare);
    console.log(`\nWithout the first ${warmUp} days:\n\n${toTrendTable(toTrends(days, warmUp))}`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(days, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(error.message);
    return 2;
  }
}

process.exitCode = await main();
