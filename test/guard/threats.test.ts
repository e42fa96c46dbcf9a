import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { endpoints } from "../../shared/api/endpoints.ts";
import { operations } from "../../shared/api/operations.ts";
import { problems } from "../../shared/api/problem.ts";

const root = join(import.meta.dirname, "../..");
const threats = readFileSync(join(root, "docs/threats.md"), "utf8");
const api = readFileSync(join(root, "docs/api.md"), "utf8");

test("each threat of docs/threats.md has tests, and they are there by these names", (t) => {
  const rows = threats.split("\n").filter((line) => /^\| T\d+ \|/.test(line));
  const numbers = rows.map((row) => row.split(" | ")[0]);
  assert.deepEqual(
    numbers,
    rows.map((_, i) => `| T${i + 1}`),
  );
  let count = 0;
  for (const row of rows) {
    const named = row.split(" | ").at(-1)?.replace(/ \|$/, "").split("; ") ?? [];
    for (const one of named) {
      const [, file = "", name = ""] = /^`([\w/.-]+)`: (.+)$/.exec(one) ?? [];
      const path = join(root, "test", `${file}.test.ts`);
      assert.ok(existsSync(path), `${row.slice(0, 6)} ${one}`);
      assert.ok(readFileSync(path, "utf8").includes(name), `${row.slice(0, 6)} "${name}" is not in ${file}`);
      count += 1;
    }
  }
  t.diagnostic(`${rows.length} threats, ${count} tests`);
  assert.ok(count >= rows.length && rows.length > 20);
});

test("docs/api.md lists each problem with its status, and each endpoint with its path and role", () => {
  const listed = [...api.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)].map(([, name, status]) => `${name} ${status}`);
  const known = Object.entries(problems).map(([name, [status]]) => `${name} ${status}`);
  assert.deepEqual(listed.toSorted(), known.toSorted());
  const rows = [...api.matchAll(/^\| `(\w+)` \| `([A-Z]+ [^`]+)` \| (reader|admin) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, path]) => `${name} ${path}`),
    Object.entries(endpoints).map(([name, path]) => `${name} ${path}`),
  );
  for (const { route } of operations) {
    assert.equal(rows.find(([, name]) => name === route.endpoint)?.[3], route.role, route.endpoint);
  }
});
