import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { generateDrop, type SampleDrop } from "../../local/sample/generate-drop.ts";
import type { FormatName } from "../../local/sample/sample-formats.ts";
import { type EndedStart, type Starts, withStarts } from "../support/start/start-process.ts";
import { compareMailboxes } from "./compare-mailboxes.ts";
import { exportedMailboxes } from "./exported-mailboxes.ts";

const size = { messages: 80, users: 10 };

describe("npm start -- --once with the sample drop", { concurrency: 2 }, () => {
  for (const format of ["filedump-actiance", "flat-csv"] as const) {
    test(`${format}: every mailbox as the generator says, and a second start imports nothing`, () =>
      withStarts(async (starts) => {
        const { folder } = starts;
        const first = await startOnce(starts, format, "first");
        assert.equal(first.code, 0, first.output);
        const drop = await readSample(folder, format);
        expectSummary(first, drop);
        const mailboxes = await readJson(join(folder, "first.json"));
        assert.deepEqual(compareMailboxes(drop.expected.mailboxes(), exportedMailboxes.parse(mailboxes)), []);
        expectEveryMailbox(drop, mailboxes);
        await expectRequests(join(folder, "first.jsonl"), drop);

        const second = await startOnce(starts, format, "second");
        assert.equal(second.code, 0, second.output);
        const { available } = drop.expected.summary().equation;
        assert.match(
          second.output,
          new RegExp(`available ${available} = imported 0 \\+ partial 0 \\+ skipped ${available} \\+ failed 0\n`),
        );
        assert.deepEqual(await readJson(join(folder, "second.json")), mailboxes);
        assert.deepEqual(await listCreations(join(folder, "second.jsonl")), []);
      }));
  }
});

async function startOnce({ folder, run }: Starts, format: FormatName, name: string): Promise<EndedStart> {
  const { messages, users } = size;
  const sample = ["--format", format, "--messages", String(messages), "--users", String(users)];
  const kept = ["--export", join(folder, `${name}.json`), "--requests", join(folder, `${name}.jsonl`)];
  return await run(["--once", "--state", join(folder, "state"), ...sample, ...kept]);
}

/** The drop of that start: its day is noted where the start keeps everything. */
async function readSample(folder: string, format: FormatName): Promise<SampleDrop> {
  const [world = ""] = await readdir(join(folder, "state"));
  const facts = z.object({ day: z.string() }).parse(await readJson(join(folder, "state", world, "world.json")));
  return generateDrop({ ...size, format, day: facts.day });
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

/** What the terminal ends with: the equation, the unmapped, where to look. */
function expectSummary({ output }: EndedStart, { expected, siteDay, files }: SampleDrop): void {
  const { items, equation, unmappedItems, mailboxes, mappings } = expected.summary();
  const { available, imported, partial, skipped, failed } = equation;
  const unmapped = mappings.filter((mapping) => mapping.unmapped !== undefined);
  const told = [
    `Drop local-${siteDay}-1: ${items} items from ${files.length} files for ${mailboxes.size} mailboxes`,
    `  available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed ${failed}`,
    `  unmapped: ${unmappedItems} items that no mailbox gets; ${unmapped.length} people without a mailbox`,
    "Mailboxes   ",
    "Kept in     ",
  ];
  for (const line of told) {
    assert.equal(output.split(`\n${line}`).length, 2, `"${line}" stands not once in:\n${output}`);
  }
}

function expectEveryMailbox({ directory }: SampleDrop, mailboxes: unknown): void {
  const withMailbox = directory.filter(({ mailbox }) => mailbox === "ok").map(({ id }) => id);
  assert.deepEqual(Object.keys(exportedMailboxes.parse(mailboxes)).toSorted(), withMailbox.toSorted());
}

const requestLine = z.object({
  at: z.iso.datetime(),
  method: z.enum(["GET", "POST", "PATCH", "DELETE", "PUT"]),
  url: z.url({ protocol: /^https$/ }),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.unknown(),
});

async function readRequests(path: string): Promise<z.infer<typeof requestLine>[]> {
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  return lines.map((line) => requestLine.parse(JSON.parse(line)));
}

async function listCreations(path: string): Promise<z.infer<typeof requestLine>[]> {
  const requests = await readRequests(path);
  return requests.filter(({ method, url }) => method === "POST" && new URL(url).pathname.endsWith("/messages"));
}

/** Each item was created by one request, none was changed afterwards, and nobody can take a token out of the file. */
async function expectRequests(path: string, { expected }: SampleDrop): Promise<void> {
  const { imported, partial } = expected.summary().equation;
  const created = await listCreations(path);
  assert.equal(created.length, imported + partial);
  assert.ok(created.every(({ body }) => typeof body === "object" && body !== null && "subject" in body));
  const all = await readRequests(path);
  assert.deepEqual(new Set(all.map(({ method }) => method)), new Set(["GET", "POST"]));
  assert.ok(all.every(({ headers }) => headers["authorization"] === "Bearer [not shown]"));
  assert.doesNotMatch(await readFile(path, "utf8"), /Bearer (?!\[not shown\])|eyJ[\w-]+\./);
}
