import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { settingNames } from "../../shared/config/settings.ts";

const root = join(import.meta.dirname, "../..");
/** Settings that the platform or the identity library reads, not the app. */
const ofThePlatform = [
  "FUNCTIONS_WORKER_RUNTIME",
  "languageWorkers__node__arguments",
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
];

test("docs/operations.md describes the settings that the app reads, no more and no less", () => {
  const text = readFileSync(join(root, "docs/operations.md"), "utf8");
  const section = text.slice(text.indexOf("## App settings"), text.indexOf("## Secrets"));
  const described = [...section.matchAll(/^\| `([A-Za-z_]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(new Set(described), new Set(settingNames));
});

test("local.settings.sample.json holds only settings that somebody reads", () => {
  const sample = z
    .object({ Values: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, "local.settings.sample.json"), "utf8")));
  const unknown = Object.keys(sample.Values).filter((name) => ![...settingNames, ...ofThePlatform].includes(name));
  assert.deepEqual(unknown, []);
});
