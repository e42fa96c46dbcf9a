import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { areas } from "../../shared/pipeline/check/finding.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/doctor.md"), "utf8");
const told = /\b(?:ok|wrong|warning|skipped)\(\s*(?:`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)")/g;

/** The longest piece of a line that does not vary. */
function toFixedPart(template: string): string {
  const pieces = template.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}?/);
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "").trim();
}

test("docs/doctor.md has every line that the doctor can print", () => {
  const fixed = ["shared/pipeline/check", "local/doctor"].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((file) =>
      [...readFileSync(join(root, folder, file), "utf8").matchAll(told)].map(([, template, text]) =>
        toFixedPart(template ?? text ?? ""),
      ),
    ),
  );
  assert.ok(fixed.length > 60, `${fixed.length} lines`);
  assert.deepEqual(
    fixed.filter((part) => !page.includes(part)),
    [],
  );
});

test("docs/doctor.md has a heading for every area", () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(
    ([, heading = ""]) => heading.split(":")[0]?.split(", ") ?? [],
  );
  assert.deepEqual(new Set(headings.flat().filter((word) => word !== "Any of them")), new Set(areas));
});
