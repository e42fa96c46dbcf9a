import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const biome = join(root, "node_modules/.bin/biome");

/** What must be refused where; each line is an import that some day looks handy. */
const refused: [folder: string, imported: string][] = [
  ["shared/chat", "../store/blobs.ts"],
  ["shared/store", "../parse/profiles.ts"],
  ["shared/parse", "../decrypt/decrypt.ts"],
  ["shared/import", "../map/mapping.ts"],
  ["shared/gather", "../pipeline/parts.ts"],
  ["shared/pipeline", "../../functions/wiring.ts"],
  ["shared/pipeline", "../../local/graph/start-graph.ts"],
  ["shared/pipeline", "../api/endpoints.ts"],
  ["shared/api", "../../functions/wiring.ts"],
  ["shared/api", "@azure/functions"],
  ["portal", "../shared/pipeline/drop-book.ts"],
  ["portal", "node:fs"],
  ["shared/pipeline", "@azure/functions"],
  ["shared/pipeline", "@azure/storage-blob"],
  ["shared/pipeline", "openpgp"],
  ["shared/parse", "ssh2-sftp-client"],
  ["shared/map", "@microsoft/microsoft-graph-client"],
];

for (const [folder, imported] of refused) {
  test(`the linter refuses ${imported} in ${folder}/`, (t) => {
    const path = join(root, folder, `guard-${process.pid}.ts`);
    t.after(() => rmSync(path));
    writeFileSync(path, `import * as it from "${imported}";\nexport const used = it;\n`);
    const { stdout, stderr } = spawnSync(biome, ["lint", path], { cwd: root, encoding: "utf8" });
    assert.match(stdout + stderr, /noRestrictedImports/);
  });
}
