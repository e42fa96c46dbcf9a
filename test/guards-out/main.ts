import { parseArgs } from "node:util";
import type { Guard, Watcher } from "./guard.ts";
import { guards } from "./guards.ts";
import { findFaultOf, type Tried, tryGuard } from "./try-guard.ts";
import { makeWorkCopy, type WorkCopy } from "./work-copy.ts";

const usage = `node test/guards-out/main.ts [--only NAME]... [--list] [--lanes N]
  Takes each guard of the product out of a copy of the repository and expects a test to fail.
  --only NAME   guards whose name has this in it (may be given again)
  --list        says which guards there are, and runs nothing
  --lanes N     how many at a time (default 2)`;

const options = readOptions();
const chosen = guards.filter(
  ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
);
if (options.list) for (const { rule, name, file } of chosen) console.log(`${rule}  ${name}  (${file})`);
else process.exitCode = await run(chosen, options.lanes);

function readOptions(): { only: readonly string[]; list: boolean; lanes: number } {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        list: { type: "boolean", default: false },
        lanes: { type: "string", default: "2" },
      },
    });
    return { only: values.only, list: values.list, lanes: Math.max(1, Number(values.lanes)) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}

async function run(all: readonly Guard[], lanes: number): Promise<number> {
  const begun = performance.now();
  const copies = Array.from({ length: lanes }, makeWorkCopy);
  try {
    const faults = await checkWatchers(copies, all);
    for (const fault of faults) console.log(fault);
    const tried: Tried[] = [];
    await inLanes(copies, all, async (copy, guard) => {
      const result = await tryGuard(copy, guard);
      tried.push(result);
      print(result);
    });
    const missed = tried.filter(({ problem }) => problem !== undefined);
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(
      `\n${tried.length} guards taken out, ${tried.length - missed.length} noticed, ${missed.length} not, in ${seconds} s`,
    );
    for (const { guard, problem } of missed) console.log(`  ${guard.name}: ${problem}`);
    return missed.length === 0 && faults.length === 0 && tried.length > 0 ? 0 : 1;
  } finally {
    for (const copy of copies) copy.remove();
  }
}

/** A test that fails anyway would seem to notice every guard. */
async function checkWatchers(copies: readonly WorkCopy[], all: readonly Guard[]): Promise<string[]> {
  const watchers = new Map(all.flatMap(({ watchers: of }) => of.map((one) => [`${one.file} ${one.only ?? ""}`, one])));
  const faults: string[] = [];
  await inLanes<Watcher>(copies, [...watchers.values()], async (copy, watcher) => {
    const fault = await findFaultOf(copy, watcher);
    if (fault !== undefined) faults.push(`${watcher.file} (${watcher.only ?? "all"}): ${fault}`);
  });
  return faults;
}

async function inLanes<T>(
  copies: readonly WorkCopy[],
  values: readonly T[],
  work: (copy: WorkCopy, value: T) => Promise<void>,
): Promise<void> {
  const waiting = [...values];
  await Promise.all(
    copies.map(async (copy) => {
      for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) await work(copy, value);
    }),
  );
}

function print({ guard, tests, failed, noticedBy, seconds, problem }: Tried): void {
  const figures = `${String(tests).padStart(4)} tests ${String(failed).padStart(3)} failed ${seconds.toFixed(1).padStart(6)} s`;
  console.log(
    `${problem === undefined ? "ok  " : "MISS"} ${guard.rule} ${guard.name.padEnd(40)} ${figures}  ${problem ?? noticedBy.slice(0, 110)}`,
  );
}
