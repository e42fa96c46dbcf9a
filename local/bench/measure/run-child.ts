import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { bundle } from "../../build/esbuild-bundle.ts";

/** What a body came to in its process. */
export const childResult = z.object({
  wallInMs: z.number(),
  cpuInMs: z.number(),
  /** Over the whole life of the process, its start included. */
  peakInBytes: z.number(),
  told: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});
/** What a body came to in its process. */
export type ChildResult = z.infer<typeof childResult>;

/** Runs a registered body (bodies.ts) in a process of its own. @throws Error when it fails, with what it had printed */
export type RunChild = (name: string, args: object, options?: ChildOptions) => Promise<ChildResult>;

/** How the process is started. */
export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Bundled as the app is deployed: what strips types at run time takes time and some 30 MB of its own. Not for bodies that
   * start processes by the place of their sources. @default false
   */
  readonly isBuilt?: boolean;
}

/** As the app has it in Azure (infra/modules/function-app.bicep): left alone V8 takes several times of what is alive. */
const memoryArgs = ["--max-semi-space-size=8", "--max-old-space-size=384"];
const memoryEnvironment = { MALLOC_ARENA_MAX: "2" };

const source = join(import.meta.dirname, "..", "child.ts");
const outfile = join(import.meta.dirname, "..", "..", "..", ".local", "bench", "built", "child.js");
const keptOutput = 8_192;

/** @param execArgv of every child, such as `--cpu-prof` */
export function createRunChild(execArgv: readonly string[] = []): RunChild {
  let building: Promise<unknown> | undefined;
  return async (name, args, options = {}) => {
    if (options.isBuilt === true) building ??= bundle({ entry: source, outfile });
    await building;
    const entry = options.isBuilt === true ? outfile : source;
    const child = fork(entry, [name, JSON.stringify(args)], {
      execArgv: [...memoryArgs, ...execArgv],
      env: { ...process.env, ...memoryEnvironment, ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    try {
      return await follow(child, name);
    } finally {
      process.off("exit", end);
    }
  };
}

async function follow(child: ChildProcess, name: string): Promise<ChildResult> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-keptOutput);
    });
  }
  let said: unknown;
  child.on("message", (message) => {
    said = message;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0 && said !== undefined) return childResult.parse(said);
  throw new Error(`${name} ended with ${code ?? child.signalCode}:\n${output.trim()}`);
}
