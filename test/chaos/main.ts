import { chaosHelp, parseChaosOptions } from "./chaos-options.ts";
import { runChaos } from "./run-chaos.ts";
import { isGood, tellChaos } from "./tell-chaos.ts";

const options = parseChaosOptions(process.argv.slice(2));
if (options === undefined) process.stdout.write(chaosHelp);
else {
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  process.once("SIGTERM", () => ending.abort());
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`seed ${options.seed}, ${options.processes} hosts`);
  try {
    const result = await runChaos(options, ending.signal, say);
    for (const line of tellChaos(result)) say(line);
    process.exitCode = isGood(result) ? 0 : 1;
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    say("Broken off.");
    process.exitCode = 130;
  }
}
