import { createInterface } from "node:readline/promises";
import { AzureCliCredential } from "@azure/identity";
import { systemClock } from "../../shared/store/system-clock.ts";
import { readDeploymentOutputs } from "./deployment-outputs.ts";
import { EntraRefused } from "./entra-api.ts";
import { help } from "./help.ts";
import { parseOptions, WrongOption } from "./options.ts";
import { register } from "./register.ts";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  const outputs =
    "group" in options.from ? await readDeploymentOutputs(options.from.group, options.from.deployment) : options.from;
  const credential = new AzureCliCredential();
  const { graph } = options.cloud;
  return await register(
    {
      graph,
      clock: systemClock,
      // It lasts an hour, and each call starts az: one is enough for all of it.
      token: once(async () => (await credential.getToken(`${graph}/.default`)).token),
      print: (line) => console.log(line),
      agree,
    },
    options,
    outputs,
  );
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function agree(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function tell(error: unknown): number {
  if (error instanceof WrongOption) {
    console.error(`${error.message}\nnpm run register -- --help tells more.`);
    return 2;
  }
  if (error instanceof EntraRefused) {
    console.error(`Entra refuses (${error.status} ${error.code}): ${error.message}`);
    if (error.status === 403) console.error("Which roles it takes: npm run register -- --help");
  } else console.error(error instanceof Error ? error.message : error);
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tell(error);
}
