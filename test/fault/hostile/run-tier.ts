import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";

/** What became of one case. */
const result = z.object({
  kind: z.string(),
  name: z.string(),
  ms: z.number(),
  cpuInMs: z.number(),
  state: z.enum(["verified", "rejected", "incomplete", "refused"]).optional(),
  code: z.string().optional(),
  failure: z.string().optional(),
});
/** What became of one case. */
export type CaseResult = z.infer<typeof result>;

const end = z.object({ peakInBytes: z.number() });
const line = z.union([result, end]);

/** What a tier came to. */
export interface TierResult {
  readonly cases: readonly CaseResult[];
  /** The process's resident memory at its highest. */
  readonly peakInBytes: number;
}

/** As the functions' process is run in Azure (docs/operations.md). */
const nodeArguments = ["--max-semi-space-size=8", "--max-old-space-size=384"];

const longestInMs = { quick: 420_000, long: 1_200_000 };

/**
 * Runs the cases of a tier in a process of its own with the app's limit on memory.
 * @param wanted an expression that kind and name must match
 * @throws AssertionError when the process ends before it has told of its memory: it ran out of it, or a case never ended
 */
export async function runTier(tier: "quick" | "long", wanted = ""): Promise<TierResult> {
  const script = new URL("run-corpus.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...nodeArguments, script, tier, wanted], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  // The process ends hanging cases by itself, unless they keep it from ever coming to that.
  const timer = setTimeout(() => child.kill("SIGKILL"), longestInMs[tier]);
  const cases: CaseResult[] = [];
  let peakInBytes: number | undefined;
  for await (const text of createInterface(child.stdout)) {
    const told = line.parse(JSON.parse(text));
    if ("peakInBytes" in told) peakInBytes = told.peakInBytes;
    else cases.push(told);
  }
  clearTimeout(timer);
  const last = cases.at(-1);
  const where = `behind "${last?.kind}: ${last?.name}": ${complaints.join("").slice(0, 2_000)}`;
  assert.ok(peakInBytes !== undefined, `the process ended ${where}`);
  return { cases, peakInBytes };
}

/** The figures of a tier, a line each. */
export function toFigures({ cases, peakInBytes }: TierResult): string[] {
  const count = (state: CaseResult["state"]) => cases.filter((one) => one.state === state).length;
  const slowest = cases.toSorted((a, b) => b.cpuInMs - a.cpuInMs).slice(0, 3);
  const kinds = Map.groupBy(cases, ({ kind }) => kind);
  const seconds = cases.reduce((sum, { cpuInMs }) => sum + cpuInMs, 0) / 1000;
  return [
    `${cases.length} hostile files: ${count("verified")} taken, ${count("rejected") + count("refused")} rejected, ${count("incomplete")} incomplete and then rejected, ${cases.filter(({ failure }) => failure !== undefined).length} not as they must be`,
    [...kinds].map(([kind, some]) => `${kind} ${some.length}`).join(", "),
    `most of the processor: ${slowest.map(({ kind, name, cpuInMs }) => `${kind}: ${name} (${Math.round(cpuInMs)} ms)`).join("; ")}`,
    `processor time ${seconds.toFixed(1)} s; most memory ${Math.round(peakInBytes / 1024 ** 2)} MiB`,
  ];
}
