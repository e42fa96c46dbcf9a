import { help, parseOptions, type StartOptions, WrongOption } from "./options.ts";
import { runStart } from "./run-start.ts";

/** The entry of `npm start`. */
async function main(): Promise<number> {
  let options: StartOptions | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(error.message);
    return 1;
  }
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  try {
    return await runStart(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (options.verbose) console.error(error);
    return 1;
  }
}

process.exitCode = await main();
// Whatever a library still holds open must not keep the terminal.
process.exit();
