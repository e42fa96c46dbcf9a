import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { csvKinds } from "../../shared/pipeline/report-csv.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { createLog } from "../../shared/telemetry/log.ts";
import { WrongOption } from "../start/wrong-option.ts";
import { parseCommand } from "./command.ts";
import { help } from "./help.ts";
import { openPlace } from "./open-place.ts";
import { Refused } from "./refused.ts";
import { runCommand } from "./run-command.ts";

/** The entry of the operator's command line. */
async function main(): Promise<number> {
  try {
    const parsed = parseCommand(process.argv.slice(2), process.env);
    if (parsed === undefined) {
      await print(help.replace("{kinds}", csvKinds.join(", ")));
      return 0;
    }
    const { storage, principal } = openPlace(parsed.place);
    const { blobs, queues } = storage;
    const writer = `operate-${randomUUID()}`;
    const deps = { blobs, queues, principal, writer, clock: systemClock, log: createLog(() => undefined) };
    for await (const piece of runCommand(deps, parsed.command)) await print(piece);
    return 0;
  } catch (error) {
    return tell(error);
  }
}

/** Waits for whoever reads: a table can be larger than memory. */
async function print(piece: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

function tell(error: unknown): number {
  if (error instanceof WrongOption || error instanceof Refused || isOurs(error)) console.error(error.message);
  else console.error(error);
  return error instanceof WrongOption ? 2 : 1;
}

function isOurs(error: unknown): error is Error {
  return error instanceof Error && "messageIsOurs" in error && error.messageIsOurs === true;
}

// A reader that has seen enough, such as head, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await main();
// Whatever a library still holds open must not keep the terminal; what was printed is out by then.
process.stdout.end(() => process.exit());
