import { help } from "./help.ts";
import { watchNpm } from "./npm-watch.ts";
import { parseOptions, type StartOptions } from "./options.ts";
import { runStart } from "./run-start.ts";
import { WrongOption } from "./wrong-option.ts";

/** The entry of `npm start`. */
async function main(): Promise<number> {
  const stop = new AbortController();
  let options: StartOptions | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
    if (options === undefined) {
      console.log(help);
      return 0;
    }
    listenToSignals(stop);
    watchNpm(() => stop.abort());
    return await runStart(options, stop.signal);
  } catch (error) {
    tell(error, options?.verbose === true);
    return 1;
  }
}

function tell(error: unknown, isVerbose: boolean): void {
  console.error(error instanceof WrongOption && !isVerbose ? error.message : error);
}

/** The first asks for an end in order, the second ends at once. */
function listenToSignals(stop: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
}

process.exitCode = await main();
// Whatever a library still holds open must not keep the terminal.
process.exit();
