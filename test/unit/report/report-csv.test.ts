import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import { readReport } from "../../../shared/pipeline/read-report.ts";
import { type CsvKind, csvKinds, streamCsv } from "../../../shared/pipeline/report-csv.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { paths } from "../../../shared/store/paths.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

type Rows = Record<string, string>[];

async function storedCsv(world: PipelineWorld, kind: CsvKind, gen = 1): Promise<Rows> {
  const stored = await world.blobs.read(paths.reportCsv(dropOf(1), gen, kind));
  assert.ok(stored !== undefined, `there is no ${kind}.csv`);
  return parse(stored.bytes, { bom: true, columns: true });
}

async function runningCsv(world: PipelineWorld, kind: CsvKind): Promise<Rows> {
  const now = await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1));
  assert.equal(now?.status, "running");
  const pieces: Buffer[] = [];
  const source = { blobs: world.blobs, drop: await world.drop(dropOf(1)), report: now.report };
  for await (const piece of streamCsv(source, kind)) pieces.push(piece);
  return parse(Buffer.concat(pieces), { bom: true, columns: true });
}

function tallyOf(rows: Rows): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const { outcome = "" } of rows) tally[outcome] = (tally[outcome] ?? 0) + 1;
  return tally;
}

/** ann, bob and cid; eve has no mailbox, bob's mailbox is refused, one attachment is too large for a drop of this size. */
async function beginWorld(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map(
    "ImId,Mailbox\r\ncid,cid.internal@acme.example\r\ncid,cid.internal@acme.example\r\neve,nobody@acme.example\r\n",
  );
  world.put("a.csv", csvOf([...rowsOf("a", 700), { id: "to-cid", from: "ann", to: ["cid", "eve"] }]));
  world.put("b.csv", csvOf([{ id: "=unheard", from: "eve", to: ["eve"], room: "oil" }]));
  world.put("bad.csv", "this is no chat\r\n");
  return world;
}

test("every table stands beside the report when the drop is closed, and their sums are the equation's", async () => {
  const world = await beginWorld();
  world.mailboxOf(oids.bob).rootId = async () => ({ type: "blocked", reason: "no-mailbox", code: "x" });
  await world.runUntilQuiet();
  const { equation } = await world.report(dropOf(1));
  const items = await storedCsv(world, "items");
  assert.deepEqual(tallyOf(items), { imported: 702, failed: 700, unmapped: 1 });
  assert.deepEqual([equation.imported, equation.failed, equation.available], [702, 700, 1402]);
  assert.equal(new Set(items.map(({ source, mailbox }) => `${source} ${mailbox}`)).size, items.length);
  const failures = await storedCsv(world, "failures");
  assert.equal(failures.length, 700);
  assert.ok(failures.every(({ reason, mailbox }) => reason === "blocked:no-mailbox" && mailbox === `${oids.bob}.0`));
  const mailboxes = await storedCsv(world, "mailboxes");
  assert.deepEqual(
    mailboxes
      .map(({ state, available, imported, failed, open }) => `${state} ${available} ${imported} ${failed} ${open}`)
      .toSorted(),
    ["blocked 700 0 700 0", "done 1 1 0 0", "done 701 701 0 0"],
  );
  const summary = Object.fromEntries((await storedCsv(world, "summary")).map(({ fact, value }) => [fact, value]));
  assert.deepEqual([summary["available"], summary["open"], summary["isBalanced"]], ["1402", "0", "true"]);
  const files = await storedCsv(world, "files");
  assert.deepEqual(files.map(({ state, reason }) => `${state} ${reason}`).toSorted(), [
    ...["rejected unknown-format", "verified ", "verified "],
  ]);
});

test("who is unmapped is told with the number of items that they miss, and which lines of the mapping to mend", async () => {
  const world = await beginWorld();
  await world.runUntilQuiet();
  const unmapped = await storedCsv(world, "unmapped");
  assert.deepEqual(
    unmapped.map(({ imId, reason, items }) => [imId, reason, items]),
    [["eve", "mapping-names-no-mailbox", "2"]],
  );
  assert.deepEqual(await storedCsv(world, "mapping"), [
    { line: "3", reason: "repeated", firstLine: "2" },
    { line: "4", reason: "unknown-user", firstLine: "" },
  ]);
});

test("what reading a folder back finds is in a table, item by item", async () => {
  const world = await beginWorld();
  await world.runUntilQuiet();
  assert.deepEqual(await storedCsv(world, "findings"), []);
  world.mailboxOf(oids.ann).items.splice(0, 2);
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const findings = await storedCsv(world, "findings", 2);
  assert.deepEqual(
    findings.map(({ finding, mailbox }) => [finding, mailbox]),
    [1, 2].map(() => ["missing", `${oids.ann}.0`]),
  );
});

test("of a replay every item is skipped, with the generation that brought it", async () => {
  const world = await beginWorld();
  await world.runUntilQuiet();
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const items = await storedCsv(world, "items", 2);
  assert.deepEqual(tallyOf(items), { skipped: 1402, unmapped: 1 });
  for (const { outcome, reason, source } of items) {
    if (outcome === "skipped") assert.equal(reason, `already there: ${dropOf(1)}/1 ${source}`);
  }
});

test("what a mended mapping leaves in a mailbox that it no longer names is in the report and in a table", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId,Mailbox\r\ncid,bob@acme.example\r\n");
  world.put("a.csv", csvOf([{ id: "to-cid", from: "ann", to: ["cid"] }]));
  await world.runUntilQuiet();
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const { misroutedItems, misrouted } = await world.report(dropOf(1), 2);
  assert.deepEqual([misroutedItems, misrouted.map(({ mailbox }) => mailbox)], [1, [`${oids.bob}.0`]]);
  const [row, ...others] = await storedCsv(world, "misrouted", 2);
  assert.deepEqual([row?.["mailbox"], row?.["generation"], row?.["isInDoubt"]], [`${oids.bob}.0`, "1", "false"]);
  assert.deepEqual([others, await storedCsv(world, "misrouted", 1)], [[], []]);
});

test("while a drop is running its tables tell what is known: first all is open, then what has ended is not", async () => {
  const world = await beginWorld();
  world.loses = (queue) => queue === "partitions";
  await world.runFor(10 * 60_000);
  assert.deepEqual(tallyOf(await runningCsv(world, "items")), { open: 1402, unmapped: 1 });
  world.loses = (queue, task) => queue === "mailboxes" && "mailbox" in task && task.mailbox.startsWith(oids.ann);
  await world.runFor(30 * 60_000);
  assert.deepEqual(tallyOf(await runningCsv(world, "items")), { open: 701, imported: 701, unmapped: 1 });
  const mailboxes = await runningCsv(world, "mailboxes");
  assert.deepEqual(mailboxes.map(({ state, open }) => `${state} ${open}`).toSorted(), [
    "done 0",
    "done 0",
    "pending 701",
  ]);
  for (const kind of csvKinds) await runningCsv(world, kind);
});

test("a result that does not fit its work list makes no table that looks right", async () => {
  const world = await beginWorld();
  world.mailboxOf(oids.bob).rootId = async () => ({ type: "blocked", reason: "no-mailbox", code: "x" });
  await world.runUntilQuiet();
  const drop = { ...(await world.drop(dropOf(1))), state: "verifying" as const };
  const [ann, bob] = [oids.ann, oids.bob].map((oid) =>
    world.blobs.all().find((path) => path.startsWith(`work/${dropOf(1)}/1/${oid}`)),
  );
  assert.ok(ann !== undefined && bob !== undefined);
  const bytes = (await world.blobs.read(ann))?.bytes;
  assert.ok(bytes !== undefined);
  await world.blobs.remove(bob);
  await world.blobs.create(bob, bytes.subarray(0));
  const read = async (): Promise<void> => {
    for await (const _ of streamCsv({ blobs: world.blobs, drop, report: await world.report(dropOf(1)) }, "items"));
  };
  await assert.rejects(read, /speaks of items that are not in it/);
});
