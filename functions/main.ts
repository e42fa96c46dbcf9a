import { writeSync } from "node:fs";
import { app } from "@azure/functions";
import { installLastWords } from "./last-words.ts";
import { registerFunctions } from "./registrations.ts";
import { createWiring } from "./wiring.ts";

installLastWords(process, (line) => writeSync(2, line));
// Downloads and uploads are passed on as they come, whatever their size.
app.setup({ enableHttpStream: true });
registerFunctions(app, process.env, createWiring(process.env));
