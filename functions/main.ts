import { writeSync } from "node:fs";
import { app } from "@azure/functions";
import { installLastWords } from "./last-words.ts";
import { registerFunctions } from "./registrations.ts";

installLastWords(process, (line) => writeSync(2, line));
// Downloads and uploads are passed on as they come, whatever their size.
app.setup({ enableHttpStream: true });

let wiring: Promise<ReturnType<typeof import("./wiring.ts").createWiring>> | undefined;
const wire = () => {
  // What could not be loaded once may be there the next time; kept, the failure would be that of every later invocation.
  wiring ??= import("./wiring.ts").then(
    ({ createWiring }) => createWiring(process.env),
    (error: unknown) => {
      wiring = undefined;
      throw error;
    },
  );
  return wiring;
};
registerFunctions(app, process.env, async (invocation) => (await wire())(invocation));
// While the host takes in what was registered. Should it fail, the first invocation says so.
setImmediate(() => void wire().catch(() => undefined));
