import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { generateDrop } from "../../local/sample/generate-drop.ts";
import { writeCompanions, writeFiles } from "../../local/sample/write-drop.ts";
import { withStarts } from "../support/start/start-process.ts";
import { compareMailboxes } from "./compare-mailboxes.ts";
import { exportedMailboxes } from "./exported-mailboxes.ts";

test("plain files of one's own are held at the gate, and arrive whole when they are let go", () =>
  withStarts(async ({ folder, run }) => {
    const drop = generateDrop({ format: "flat-csv", messages: 80, users: 10 });
    await writeFiles(join(folder, "drop"), drop.files);
    await writeCompanions(folder, drop);
    const options = (kept: string) => [
      ...["--once", "--state", join(folder, "state"), "--files", join(folder, "drop")],
      ...["--mapping", join(folder, "mapping.csv"), "--directory", join(folder, "directory.json")],
      ...["--export", join(folder, `${kept}.json`), "--requests", join(folder, `${kept}.jsonl`)],
    ];

    const held = await run([...options("held"), "--limit", "79"]);
    assert.equal(held.code, 1, held.output);
    assert.match(
      held.output,
      /^! drop local-2026-06-04-1 is held at the gate: 80 items on 2026-06-04, and the limit is 79\./m,
    );
    assert.match(held.output, /start again with --limit 80 \(or 0 for no limit\)/);
    assert.doesNotMatch(held.output, /available|importing/);
    assert.equal(await readFile(join(folder, "held.jsonl"), "utf8"), "");
    const nobody = await readMailboxes(join(folder, "held.json"));
    assert.deepEqual(Object.values(nobody).flatMap(Object.values), []);

    const released = await run([...options("all"), "--limit", "80"]);
    assert.equal(released.code, 0, released.output);
    assert.match(released.output, /^Drop local-2026-06-04-1 was held at the gate and is let go: --limit 80\.$/m);
    const { available, imported, partial, skipped } = drop.expected.summary().equation;
    const equation = `  available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed 0\n`;
    assert.ok(released.output.includes(equation), released.output);
    assert.deepEqual(compareMailboxes(drop.expected.mailboxes(), await readMailboxes(join(folder, "all.json"))), []);
  }));

async function readMailboxes(path: string) {
  return exportedMailboxes.parse(JSON.parse(await readFile(path, "utf8")));
}
