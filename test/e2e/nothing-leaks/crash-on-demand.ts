import { existsSync, readFileSync, rmSync } from "node:fs";

/**
 * Loaded into the worker before the app: ends the process in the way that the file CRASH_FILE asks for, with an error
 * whose message, cause and properties hold words, as errors of parsers and clients do.
 */
const path = process.env["CRASH_FILE"];

function look(): void {
  if (path === undefined || !existsSync(path)) return;
  const [way, words = ""] = readFileSync(path, "utf8").split("\n");
  rmSync(path);
  const error = Object.assign(new TypeError(`cannot read ${words}`, { cause: new Error(words) }), { input: words });
  if (way === "throw") throw error;
  void Promise.reject(error);
}

setInterval(look, 50).unref();
