import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Watcher } from "./guard.ts";

/** What a run of some tests came to. */
export interface TestRun {
  readonly passed: number;
  readonly failed: number;
  /** Names of those that failed. */
  readonly names: readonly string[];
  /** Why it says nothing about the product: a module that does not load. */
  readonly broken?: string;
  readonly seconds: number;
}

const testTimeoutInMs = 40_000;
const runTimeoutInMs = 100_000;
/** A test that fails so has met no product. */
const brokenMarks = /SyntaxError|ReferenceError|ERR_MODULE_NOT_FOUND|ERR_INVALID_TYPESCRIPT|does not provide an export/;

/** Runs tests in a copy of the repository. */
export async function runTests(folder: string, { file, only }: Watcher): Promise<TestRun> {
  const begun = performance.now();
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const options = ["--test", "--test-reporter=tap", `--test-timeout=${testTimeoutInMs}`, ...pattern];
  const output = await runNode(folder, [...options, file]);
  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  const broken = brokenMarks.exec(output)?.[0];
  const seconds = (performance.now() - begun) / 1000;
  const names = [...output.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, name = ""]) => name);
  const run = { passed: count("pass"), failed: count("fail") + count("cancelled"), names, seconds };
  return broken === undefined ? run : { ...run, broken };
}

/** Loads a module by itself. Resolves to what keeps it from loading. */
export async function whyNotLoaded(folder: string, file: string): Promise<string | undefined> {
  const url = pathToFileURL(join(folder, file)).href;
  const output = await runNode(folder, [
    "--input-type=module",
    "--eval",
    `await import("${url}"); console.log("loaded")`,
  ]);
  return output.trimEnd().endsWith("loaded") ? undefined : output.slice(-400);
}

/** In a process group of its own, so that nothing of a run that takes too long is left. */
async function runNode(folder: string, options: readonly string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _ofOurs, ...env } = process.env;
  const child = spawn(process.execPath, options, {
    cwd: folder,
    detached: true,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const killer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), runTimeoutInMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(killer);
  return output;
}
