import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const module = join(import.meta.dirname, "../../../functions/last-words.ts");

/** A process in which the platform's listener is there first, as in Azure, and prints what it gets. */
function runAndDie(death: string): { status: number | null; stderr: string; stdout: string } {
  const script = `
    import { writeSync } from "node:fs";
    import { installLastWords } from ${JSON.stringify(module)};
    process.on("uncaughtException", (error) => { console.log(error.stack); process.exit(7); });
    installLastWords(process, (line) => writeSync(2, line));
    setTimeout(() => console.log("still alive"), 500);
    ${death}`;
  return spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", script], { encoding: "utf8" });
}

const words = "sell everything";
for (const [what, death] of [
  [
    "an error that nobody caught",
    `setImmediate(() => { throw new RangeError(${JSON.stringify(words)}, { cause: new Error(${JSON.stringify(words)}) }) });`,
  ],
  [
    "a promise that nobody waited for",
    `void Promise.reject(Object.assign(new RangeError(${JSON.stringify(words)}), { code: "EPIPE" }));`,
  ],
  ["words that were thrown", `setImmediate(() => { throw ${JSON.stringify(words)} });`],
] as const) {
  test(`${what} ends the process with our last words, and none of the error's`, () => {
    const { status, stderr, stdout } = runAndDie(death);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, "");
    const line = JSON.parse(stderr);
    assert.deepEqual([line.event, line.level], ["process.crashed", "error"]);
    assert.match(line.error, /^RangeError|^thrown string$/);
    assert.doesNotMatch(stderr, /sell/);
  });
}
