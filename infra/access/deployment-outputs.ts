import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { type Outputs, outputs, WrongOption } from "./options.ts";

const run = promisify(execFile);
const armOutputs = z.record(z.string(), z.object({ value: z.unknown() }));

/**
 * The outputs of a deployment, as `az` tells them. @throws WrongOption when there is no such deployment, or it is another one's;
 * what az printed stands in the message.
 */
export async function readDeploymentOutputs(group: string, deployment: string): Promise<Outputs> {
  const words = ["deployment", "group", "show", "--resource-group", group, "--name", deployment];
  const text = await runAz([...words, "--query", "properties.outputs", "--output", "json"]);
  const found = armOutputs.safeParse(JSON.parse(text || "null"));
  const values = Object.entries(found.success ? found.data : {}).map(([name, { value }]) => [name, value]);
  const told = outputs.safeParse(Object.fromEntries(values));
  if (told.success) return told.data;
  throw new WrongOption(
    `The deployment ${deployment} in ${group} is not one of infra/main.bicep, or has not ended. Missing: ${told.error.issues.map(({ path }) => path.join(".")).join(", ")}`,
  );
}

async function runAz(words: readonly string[]): Promise<string> {
  try {
    // On Windows az is a script, which only a shell can run.
    const isWindows = process.platform === "win32";
    const { stdout } = await run(isWindows ? "az.cmd" : "az", words, { shell: isWindows });
    return stdout;
  } catch (error) {
    const told = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new WrongOption(`az does not tell the deployment's outputs (is it installed, and az login done?). ${told}`);
  }
}
