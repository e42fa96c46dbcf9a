import assert from "node:assert/strict";
import { test } from "node:test";
import { fileId, importKey, toFileId } from "../../../shared/chat/identifiers.ts";
import { type ItemPage, type ItemPlace, pageStoredItems } from "../../../shared/pipeline/page-items.ts";
import { StoredTable } from "../../../shared/pipeline/stored-table.ts";
import { toCsv } from "../../../shared/report/csv.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { largeMailbox } from "../../support/large-drop.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { dropOf } from "../../support/pipeline-world.ts";

const mailboxes = 150;
const rowsEach = 300;
const drop = { id: dropOf(1), gen: 1 };
const file = toFileId("a");
const other = fileId.parse("v".repeat(20));

/** Not sorted by name: as partitions come one after the other. */
const order = Array.from({ length: mailboxes }, (_, n) => largeMailbox((n * 7) % mailboxes));

function keyOf(mailbox: number, row: number): string {
  return importKey.parse(`-${"k".repeat(32)}${String(mailbox * rowsEach + row).padStart(10, "0")}`);
}

async function write(blobs: MemoryBlobs, path: BlobPath, columns: string[], rows: string[][]): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of toCsv({ columns, batches: [rows] })) pieces.push(piece);
  await blobs.create(path, Buffer.concat(pieces));
}

/** Storage with the tables of a closed drop of 45,000 rows, and 40 of nobody. Counts what is read. */
async function tablesOf(): Promise<{
  readonly blobs: MemoryBlobs;
  readonly read: { requests: number; bytes: number };
}> {
  const blobs = new MemoryBlobs();
  const rows = order.flatMap((mailbox, m) =>
    Array.from({ length: rowsEach }, (_, n) => [
      ...[keyOf(m, n), "2026-06-03", `${n % 10 === 0 ? other : file}:${n}`, mailbox],
      ...(n === 7 ? ["failed", 'it said "no", twice'] : ["imported", ""]),
    ]),
  );
  const nobody = Array.from({ length: 40 }, (_, n) => [
    keyOf(mailboxes, n),
    "2026-06-03",
    `${file}:${n}`,
    "",
    "unmapped",
  ]);
  const columns = ["key", "chatDay", "source", "mailbox", "outcome", "reason"];
  await write(blobs, paths.reportCsv(drop.id, 1, "items"), columns, [...rows, ...nobody]);
  await write(
    blobs,
    paths.reportCsv(drop.id, 1, "mailboxes"),
    ["mailbox"],
    order.map((mailbox) => [mailbox]),
  );
  const read = { requests: 0, bytes: 0 };
  const stream = blobs.stream.bind(blobs);
  blobs.stream = async (path, range) => {
    read.requests += 1;
    read.bytes += range?.count ?? 0;
    return await stream(path, range);
  };
  return { blobs, read };
}

async function allOf(
  blobs: MemoryBlobs,
  filter: Parameters<typeof pageStoredItems>[2],
  limit: number,
): Promise<ItemPage["items"][number][]> {
  const items: ItemPage["items"][number][] = [];
  let from: ItemPlace | undefined;
  do {
    const page = await pageStoredItems(blobs, drop, filter, { limit, from });
    assert.ok(page !== undefined);
    assert.ok(page.items.length <= limit);
    items.push(...page.items);
    from = page.next;
  } while (from !== undefined);
  return items;
}

test("every mailbox's rows are found in a large table, all of them and no others, by a few small reads", async (t) => {
  const { blobs, read } = await tablesOf();
  for (const [m, mailbox] of [...order.entries()].filter(([n]) => n % 29 === 0 || n === mailboxes - 1)) {
    const before = { ...read };
    const items = await allOf(blobs, { mailbox }, 500);
    assert.deepEqual(
      items.map(({ key }) => key),
      Array.from({ length: rowsEach }, (_, n) => keyOf(m, n)),
    );
    assert.ok(read.requests - before.requests <= 12, `${read.requests - before.requests} reads`);
    t.diagnostic(`mailbox ${m}: ${read.requests - before.requests} reads`);
  }
  const one = await allOf(blobs, { mailbox: order[30], outcome: "failed" }, 10);
  assert.deepEqual(
    one.map(({ source, reason }) => [source, reason]),
    [[`${file}:7`, 'it said "no", twice']],
  );
});

test("what is nobody's lies at the end and is found there; a file's rows are found throughout", async () => {
  const { blobs, read } = await tablesOf();
  const nobody = await allOf(blobs, { outcome: "unmapped" }, 30);
  assert.equal(nobody.length, 40);
  assert.ok(nobody.every(({ mailbox, outcome }) => mailbox === undefined && outcome === "unmapped"));
  assert.ok(read.requests <= 16, `${read.requests}`);
  const ofFile = await allOf(blobs, { file: other }, 500);
  assert.equal(ofFile.length, (mailboxes * rowsEach) / 10);
  assert.equal(new Set(ofFile.map(({ key }) => key)).size, ofFile.length);
});

test("pages of any size together are the table, each row once", async () => {
  const { blobs } = await tablesOf();
  for (const limit of [1999, 20_000]) {
    const items = await allOf(blobs, {}, limit);
    assert.equal(items.length, mailboxes * rowsEach + 40);
    assert.equal(new Set(items.map(({ key }) => key)).size, items.length);
  }
});

test("a table without rows has no page after the first; one that is not there is none", async () => {
  const blobs = new MemoryBlobs();
  assert.equal(await pageStoredItems(blobs, drop, {}, { limit: 5 }), undefined);
  await write(blobs, paths.reportCsv(drop.id, 1, "items"), ["key"], []);
  await write(blobs, paths.reportCsv(drop.id, 1, "mailboxes"), ["mailbox"], []);
  for (const filter of [{}, { mailbox: largeMailbox(1) }, { outcome: "unmapped" as const }]) {
    assert.deepEqual(await pageStoredItems(blobs, drop, filter, { limit: 5 }), { items: [], unreadable: [] });
  }
  const table = await StoredTable.open(blobs, paths.reportCsv(drop.id, 1, "items"));
  assert.equal(await table?.find(() => true), 0);
});
