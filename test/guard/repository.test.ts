import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

function trackedFiles(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

test("the lock file names no address of a package, so that every machine asks its own registry", () => {
  const lock = read("package-lock.json");
  assert.equal(/"resolved"|\.tgz/.test(lock), false);
});

test("no tracked file is a build's result, a secret or a leftover", () => {
  const unwanted = trackedFiles().filter((path) =>
    /(^|\/)(dist|node_modules|\.local)\/|local\.settings\.json$|\.log$|\.orig$|\.rej$/.test(path),
  );
  assert.deepEqual(unwanted, []);
});

test("no tracked text names a folder of somebody's machine", () => {
  const texts = trackedFiles().filter(
    (path) => /\.(ts|mjs|md|json|sh|bicep)$/.test(path) && !path.startsWith("test/fixtures/"),
  );
  const naming = texts.filter((path) =>
    /(^|["'\s(`])\/(home\/(?!jane\.doe\/)|Users\/|root\/|work\/)[a-z]/m.test(read(path)),
  );
  assert.deepEqual(naming, []);
});

test("what is bundled imports Zod as a namespace, or all of Zod would come along", () => {
  const bundled = trackedFiles().filter((path) => /^(functions|shared)\/.*\.ts$/.test(path));
  assert.ok(bundled.length > 200);
  assert.deepEqual(
    bundled.filter((path) => /import \{[^}]*\bz\b[^}]*\} from "zod"/.test(read(path))),
    [],
  );
});
