import { spawn } from "node:child_process";

/** How a program ended, and all that it printed. */
export interface EndedNode {
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of the command lines to its end, without a storage of the surroundings'. */
export async function runNode(main: string, args: readonly string[]): Promise<EndedNode> {
  const { AZURE_STORAGE_CONNECTION_STRING: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}
