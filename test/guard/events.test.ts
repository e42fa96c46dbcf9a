import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commonFields, type EventName, events } from "../../shared/telemetry/events.ts";

const root = join(import.meta.dirname, "../..");
const operations = readFileSync(join(root, "docs/operations.md"), "utf8");
const names = Object.keys(events).filter((name): name is EventName => name in events);

function section(heading: string): string {
  const from = operations.indexOf(`\n## ${heading}\n`);
  assert.ok(from > 0, heading);
  const to = operations.indexOf("\n## ", from + 1);
  return operations.slice(from, to < 0 ? undefined : to);
}

function fieldsOf(event: EventName): readonly string[] {
  return events[event].fields;
}

test("docs/operations.md lists every event as the catalog has it, and no other", () => {
  const listed = section("Events")
    .split("\n")
    .filter((line) => /^\| `[a-z-]+\.[a-z-]+` /.test(line));
  const expected = names.map((name) => {
    const fields = fieldsOf(name).filter((field) => !field.startsWith("error") || field === "error");
    return `| \`${name}\` | ${events[name].level} | ${events[name].when} | ${fields.map((field) => `\`${field}\``).join(" ")} |`;
  });
  assert.deepEqual(listed.toSorted(), expected.toSorted());
});

test("docs/operations.md names the fields that any line may have", () => {
  const text = section("Events");
  assert.deepEqual(
    commonFields.filter((field) => !text.includes(`\`${field}\``)),
    [],
  );
});

test("each metric is a number that an event has", () => {
  const rows = [
    ...section("Metrics").matchAll(/^\| (?!metric|---)([^|]+) \| ([^|]+) \| `([a-z-]+\.[a-z-]+)` (.+?) \|(.*)\|$/gm),
  ];
  assert.ok(rows.length >= 12, `${rows.length} metrics`);
  for (const [, metric = "", , event = "", fields = "", by = ""] of rows) {
    const name = names.find((one) => one === event);
    assert.ok(name !== undefined, `${metric}: there is no event ${event}`);
    const known = [...commonFields, ...fieldsOf(name)];
    const used = [...`${fields}${by}`.matchAll(/`(\w+)`/g)].map(([, field = ""]) => field);
    assert.ok(used.length > 0, metric);
    assert.deepEqual(
      used.filter((field) => !known.includes(field)),
      [],
      metric,
    );
  }
});

test("every event of the catalog is told somewhere", () => {
  const code = ["functions", "shared"].flatMap((folder) => sources(join(root, folder))).join("\n");
  assert.deepEqual(
    names.filter((name) => !code.includes(`"${name}"`)),
    [],
  );
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith("events.ts"))
    .map((path) => readFileSync(join(folder, path), "utf8"));
}
