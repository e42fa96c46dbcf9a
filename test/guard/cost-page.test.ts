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

test("what was counted fits the model: the largest day is foretold from the others to within a tenth, or a hundredth of the day", () => {
  const toNumber = (text = ""): number => Number(text.replaceAll(",", ""));
  const table = toTables(counted)["check"] ?? "";
  const rows = [...table.matchAll(/^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| .* \|$/gm)].map(
    ([, name = "", found, expected]) => ({ name, found: toNumber(found), expected: toNumber(expected) }),
  );
  assert.ok(rows.length >= 6);
  const day = rows.reduce((sum, { found }) => sum + found, 0);
  for (const { name, found, expected } of rows) {
    const off = Math.abs(found - expected);
    assert.ok(off <= found / 10 || off <= day / 100, `${name}: ${found} counted, ${expected} expected`);
  }
});
