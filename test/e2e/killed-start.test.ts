import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { generateDrop, type SampleDrop } from "../../local/sample/generate-drop.ts";
import { type RunningStart, untilGone, withStarts } from "../support/start/start-process.ts";
import { compareMailboxes } from "./compare-mailboxes.ts";
import { exportedMailboxes } from "./exported-mailboxes.ts";

const size = { messages: 400, users: 16 };

test("starts that are killed at any moment leave nothing missing and nothing twice", () =>
  withStarts(async ({ folder, begin, beginNpm, run }) => {
    const [requests, kept] = [join(folder, "requests.jsonl"), join(folder, "mailboxes.json")];
    const sample = ["--messages", String(size.messages), "--users", String(size.users)];
    const options = ["--state", join(folder, "state"), "--requests", requests, ...sample];

    // A stage that is over before the terminal looks again is never shown.
    await killAt(beginNpm(options), (start) => start.waitFor(/fetching: |opening: |mapping: |gathering: |importing: /));
    await killAt(begin(options), (start) => start.waitFor(/opening: |mapping: |gathering: |importing: /));
    await killAt(beginNpm(options), () => untilCreated(requests, 100));
    await killAt(
      begin(options),
      () => untilCreated(requests, 300),
      (start) => start.killTree(),
    );

    const last = await run(["--once", "--export", kept, ...options]);
    assert.equal(last.code, 0, last.output);
    const { expected } = await readSample(folder);
    const mailboxes = exportedMailboxes.parse(JSON.parse(await readFile(kept, "utf8")));
    assert.deepEqual(compareMailboxes(expected.mailboxes(), mailboxes), []);
    expectEquation(last.output, expected.summary().equation);
  }));

/** Kills what was started, at its moment, and sees that nothing of it stays. */
async function killAt(
  start: RunningStart,
  moment: (start: RunningStart) => Promise<unknown>,
  kill: (start: RunningStart) => void = (one) => one.kill("SIGKILL"),
): Promise<void> {
  await moment(start);
  const children = start.descendants();
  assert.ok(children.length >= 3, `only ${children.length} processes were started`);
  kill(start);
  const goneInMs = await untilGone([start.pid, ...children]);
  assert.ok(goneInMs < 15_000, `what was started was there for ${goneInMs} ms`);
}

/** Waits until Graph has been asked so often to create something. */
async function untilCreated(requests: string, items: number): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  for (let created = 0; created < items; await sleep(20)) {
    signal.throwIfAborted();
    const lines = await readFile(requests, "utf8");
    created = lines.split('"method":"POST"').length - 1;
  }
}

async function readSample(folder: string): Promise<SampleDrop> {
  const [world = ""] = await readdir(join(folder, "state"));
  const facts = JSON.parse(await readFile(join(folder, "state", world, "world.json"), "utf8"));
  return generateDrop({ ...size, ...z.object({ day: z.string() }).parse(facts) });
}

/** Whatever the killed starts had done counts as what it came to, and not once more. */
function expectEquation(output: string, { available, skipped }: { available: number; skipped: number }): void {
  const told = /available (\d+) = imported (\d+) \+ partial (\d+) \+ skipped (\d+) \+ failed (\d+)\n/.exec(output);
  const [all, imported = 0, partial = 0, repeated, failed] = (told ?? []).slice(1).map(Number);
  assert.deepEqual([all, failed, repeated], [available, 0, skipped], output);
  assert.equal(imported + partial, available - skipped);
}
