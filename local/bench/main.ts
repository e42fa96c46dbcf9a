import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WrongOption } from "../start/wrong-option.ts";
import { chooseRows } from "./choose-rows.ts";
import { help } from "./help.ts";
import { readMachine } from "./machine.ts";
import { createRunChild } from "./measure/run-child.ts";
import { type BenchOptions, parseBenchOptions } from "./options.ts";
import type { BenchContext, Row } from "./row.ts";
import { rows } from "./rows.ts";
import { type RowResult, toTable, toText } from "./table.ts";

const folder = join(import.meta.dirname, "..", "..", ".local", "bench");

/** The entry of `npm run bench`. */
async function main(): Promise<number> {
  try {
    const ids = rows.map(({ id }) => id);
    const options = parseBenchOptions(process.argv.slice(2), ids);
    if (options === undefined) {
      const listed = rows.map(({ id, title }) => `  ${id.padEnd(18)} ${title}`).join("\n");
      console.log(help.replace("{rows}", listed));
      return 0;
    }
    return await bench(options);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function bench(options: BenchOptions): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), "bench-"));
  const profiling = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
  const say = (line: string): void => console.error(line);
  try {
    await mkdir(folder, { recursive: true });
    const context: BenchContext = { ...options, folder, scratch, child: createRunChild(profiling), say };
    const startedAt = Date.now();
    const results: RowResult[] = [];
    for (const row of chooseRows(rows, options)) {
      results.push(await runRow(row, context));
    }
    const machine = readMachine();
    console.log(`${toTable(results)}\n\n${machine.text}; ${Math.round((Date.now() - startedAt) / 1000)} s in all`);
    const { messages, mailboxes } = options;
    const document = { at: new Date(startedAt).toISOString(), messages, mailboxes, machine, results };
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    for (const path of [join(folder, "latest.json"), ...(options.json === undefined ? [] : [options.json])]) {
      await writeFile(path, text);
    }
    return results.every(({ measured }) => measured !== undefined) ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A row that cannot be measured is told in the table and by the exit code; the others go on. */
async function runRow(row: Row, context: BenchContext): Promise<RowResult> {
  const { id, title, target } = row;
  const startedAt = performance.now();
  const tookInMs = (): number => Math.round(performance.now() - startedAt);
  context.say(`${id}: ${title}`);
  try {
    const measured = await row.run(context);
    const { figure, unit, ratio, isMet } = measured;
    context.say(
      `  ${toText(figure)} ${unit}, ratio ${toText(ratio)}${isMet ? "" : " (missed)"}, ${Math.round(tookInMs() / 1000)} s`,
    );
    return { id, title, target, measured, tookInMs: tookInMs() };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    context.say(`${id} could not be measured: ${error instanceof Error ? error.stack : failure}`);
    return { id, title, target, failure, tookInMs: tookInMs() };
  }
}

process.exitCode = await main();
// What a library still holds open must not keep the terminal.
process.stdout.end(() => process.exit());
