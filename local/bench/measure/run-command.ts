import { spawn } from "node:child_process";

/** How a command is run. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input. */
  readonly input?: string;
}

/** What a command took and said. */
export interface CommandResult {
  readonly wallInMs: number;
  readonly output: string;
}

/** Runs a public tool to its end. @throws Error with its own words when it does not end well, or is not installed */
export async function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, input = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const startedAt = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let [output, told] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told = (told + text).slice(-4_096);
  });
  // One that ends without reading its input says why by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code ?? child.signalCode}: ${told.trim()}`);
  return { wallInMs: performance.now() - startedAt, output };
}
