import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "../..");
const packaged = [
  "dist/chunk-PVJOYRVX.js",
  "dist/chunk-PVJOYRVX.js.map",
  "dist/main.js",
  "dist/main.js.map",
  "dist/portal/assets/portal-189A2B79.js",
  "dist/portal/index.html",
  "host.json",
  "package.json",
];
/** Made by work with the repository, and not to go up. */
const untracked = [
  ...packaged,
  "local.settings.json",
  ".env",
  ".azure/prod/.env",
  ".local/package/app.zip",
  ".local/package/app/host.json",
  "node_modules/zod/package.json",
  "node_modules/zod/dist/main.js",
  "node_modules/.package-lock.json",
  "host.json.orig",
  "dist/report.txt",
];

describe(".funcignore", () => {
  test("lets up what the package holds, as git reads it", () => {
    const folder = mkdtempSync(join(tmpdir(), "funcignore-"));
    try {
      const run = (...words: string[]) => execFileSync("git", words, { cwd: folder, encoding: "utf8" });
      for (const path of treeWithLeftovers()) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), "");
      }
      run("init", "--quiet");
      copyFileSync(join(root, ".funcignore"), join(folder, ".git/info/exclude"));
      rmSync(join(folder, ".gitignore"), { force: true });
      const listed = run("ls-files", "--others", "--exclude-standard").trim().split("\n");
      assert.deepEqual(listed.toSorted(), packaged);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("lets up what the package holds, as Core Tools read it, and what else lies in dist/", () => {
    const { accepts } = readLikeCoreTools(readFileSync(join(root, ".funcignore"), "utf8"));
    const up = treeWithLeftovers().filter((path) => !coreToolsNeverTake.test(path) && accepts(path));
    // A name that goes on after a word's end is the same name to them, and with dist/ goes all of it: too much, and no secret.
    assert.deepEqual(up.toSorted(), [...packaged, "dist/report.txt", "host.json.orig"].toSorted());
  });
});

function treeWithLeftovers(): string[] {
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  assert.ok(tracked.length > 300);
  return [...new Set([...tracked, ...untracked])];
}

const coreToolsNeverTake =
  /(^|\/)(\.git|\.vscode)\/|(^|\/)(\.funcignore|\.gitignore|local\.settings\.json|project\.lock\.json)$/;

/**
 * Core Tools do not read the file as git does: a pattern is the beginning of a path up to a word's end, `*` is one name,
 * `**` anything, and a path that any `!` pattern fits goes up, wherever the pattern stands (its GitIgnoreParser, and issues
 * 1507 and 2701 of Azure/azure-functions-core-tools).
 */
function readLikeCoreTools(text: string): { accepts: (path: string) => boolean } {
  const lines = text.split("\n").map((line) => line.trim());
  const patterns = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const fits = (wanted: readonly string[], path: string) => wanted.some((one) => toBeginning(one).test(path));
  const again = patterns.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const not = patterns.filter((line) => !line.startsWith("!"));
  return { accepts: (path) => fits(again, path) || !fits(not, path) };
}

function toBeginning(pattern: string): RegExp {
  const path = pattern.replace(/^\//, "").replace(/[-[\]/{}()+?.\\^$|]/g, "\\$&");
  return new RegExp(`^${path.replaceAll("**", ".+").replace(/(?<!\.)\*/g, "[^/]+")}\\b`);
}
