import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { generateDrop } from "../../local/sample/generate-drop.ts";
import { type RunningStart, untilGone, withStarts } from "../support/start/start-process.ts";
import { compareMailboxes } from "./compare-mailboxes.ts";
import { exportedMailboxes } from "./exported-mailboxes.ts";

const size = { messages: 400, users: 16 };

test("starts that are killed at any moment leave nothing missing and nothing twice", () =>
  withStarts(async ({ folder, begin, beginNpm }) => {
    const options = [
      "--state",
      join(folder, "state"),
      "--messages",
      String(size.messages),
      "--users",
      String(size.users),
    ];

    await killAt(beginNpm(options), /fetching: /);
    await killAt(begin(options), /opening: |mapping: /);
    await killAt(beginNpm(options), /importing: /);
    await killAt(begin(options), /importing: .* [1-9]\d* of \d+ items/);

    const kept = join(folder, "mailboxes.json");
    const last = await begin(["--once", "--export", kept, ...options]).ended;
    assert.equal(last.code, 0, last.output);
    const [world = ""] = await readdir(join(folder, "state"));
    const facts = JSON.parse(await readFile(join(folder, "state", world, "world.json"), "utf8"));
    const { expected } = generateDrop({ ...size, ...z.object({ day: z.string() }).parse(facts) });
    const mailboxes = exportedMailboxes.parse(JSON.parse(await readFile(kept, "utf8")));
    assert.deepEqual(compareMailboxes(expected.mailboxes(), mailboxes), []);
    expectEquation(last.output, expected.summary().equation);
  }));

/** Kills what was started, as soon as it says so, and sees that nothing of it stays. */
async function killAt(start: RunningStart, moment: RegExp): Promise<void> {
  await start.waitFor(moment);
  const children = start.descendants();
  assert.ok(children.length >= 3, `only ${children.length} processes were started`);
  start.kill("SIGKILL");
  const goneInMs = await untilGone([start.pid, ...children]);
  assert.ok(goneInMs < 10_000, `what was started was there for ${goneInMs} ms`);
}

/** What was imported before a kill counts as imported or as skipped, as far as the killed run had told it. */
function expectEquation(output: string, { available, skipped }: { available: number; skipped: number }): void {
  const told = /available (\d+) = imported (\d+) \+ partial (\d+) \+ skipped (\d+) \+ failed (\d+)\n/.exec(output);
  const [all, imported, partial, repeated, failed] = (told ?? []).slice(1).map(Number);
  assert.deepEqual([all, failed, repeated], [available, 0, skipped], output);
  assert.equal((imported ?? 0) + (partial ?? 0), available - skipped);
}
