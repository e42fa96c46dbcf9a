import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { toTables } from "../../local/cost/cost-page.ts";
import { dayUsage } from "../../local/cost/day-usage.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/cost.md"), "utf8");
const counted = z.array(dayUsage).parse(JSON.parse(readFileSync(join(root, "local/cost/counts.json"), "utf8")));

test("docs/cost.md has the tables that follow from the counts and the prices: npm run cost -- --write", () => {
  for (const [name, table] of Object.entries(toTables(counted))) {
    const [, shown] = new RegExp(`<!-- ${name} -->\n([^]*?)\n<!-- end -->`).exec(page) ?? [];
    assert.equal(shown, table, name);
  }
});

test("what was counted fits the model: the largest day is foretold from the others to within a tenth", () => {
  const rows = [...(toTables(counted)["check"] ?? "").matchAll(/^\| (\w+) \| .* \| (-?[\d.]+) % \|$/gm)];
  assert.ok(rows.length >= 6);
  for (const [, name = "", off = ""] of rows) assert.ok(Math.abs(Number(off)) <= 10, `${name}: off by ${off} %`);
});
