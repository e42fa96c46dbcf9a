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

const usualLimitInMs = 120_000;
/** A test that fails so has met no product. */
const brokenMarks =
  /name: '(?:Syntax|Reference)Error'|ERR_MODULE_NOT_FOUND|ERR_INVALID_TYPESCRIPT|does not provide an export/;

/** Runs tests in a copy of the repository. */
export async function runTests(folder: string, { file, only, limitInMs = usualLimitInMs }: Watcher): Promise<TestRun> {
  const begun = performance.now();
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const { output, hasEnded } = await runNode(folder, ["--test", "--test-reporter=tap", ...pattern, file], limitInMs);
  const seconds = (performance.now() - begun) / 1000;
  if (!hasEnded) return { passed: 0, failed: 1, names: ["(never ended)"], seconds };
  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  const names = [...output.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, name = ""]) => name);
  const run = { passed: count("pass"), failed: count("fail") + count("cancelled"), names, seconds };
  const broken = brokenMarks.exec(output)?.[0];
  return broken === undefined ? run : { ...run, broken };
}

/** Loads a module by itself. Resolves to what keeps it from loading. */
export async function whyNotLoaded(folder: string, file: string): Promise<string | undefined> {
  const url = pathToFileURL(join(folder, file)).href;
  const { output } = await runNode(folder, [
    "--input-type=module",
    "--eval",
    `await import("${url}"); console.log("loaded")`,
  ]);
  return output.trimEnd().endsWith("loaded") ? undefined : output.slice(-400);
}

/** In a process group of its own, so that nothing is left of a run that takes too long. */
async function runNode(
  folder: string,
  options: readonly string[],
  limitInMs = usualLimitInMs,
): Promise<{ output: string; hasEnded: boolean }> {
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
  let hasEnded = true;
  const killer = setTimeout(() => {
    hasEnded = false;
    process.kill(-(child.pid ?? 0), "SIGKILL");
  }, limitInMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(killer);
  return { output, hasEnded };
}
