import assert from "node:assert/strict";
import { test } from "node:test";
import { mailboxId } from "../../../shared/chat/identifiers.ts";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { paths } from "../../../shared/store/paths.ts";
import { chatLineOf, ImportWorld, ids, keyOf } from "../../support/import-world.ts";

const words = ["one", "two", "three", "four", "five"];
const lines = words.map((word, position) => ({ item: chatLineOf(word, { position }) }));
const onceEach = Object.fromEntries(words.map((word) => [keyOf(word), 1]));

test("a folder that is deleted in the middle is made again, once, with an alert; what has a receipt does not come again", async () => {
  const world = new ImportWorld();
  let isDeleted = false;
  world.mailbox.mishapOf = () => {
    if (world.mailbox.items.length === 3 && !isDeleted) {
      isDeleted = true;
      world.mailbox.folders.clear();
    }
    return undefined;
  };
  await world.begin(lines);
  const run = await world.runToEnd();
  assert.equal(run.counts.imported, 5);
  assert.deepEqual(world.mailbox.counts(), onceEach);
  assert.equal(world.mailbox.folders.size, 1);
  assert.equal(world.log.of("folder.recreated").length, 1);
});

test("a folder that was deleted between two drops is made again, with an alert, and nothing comes into it again", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  await world.runToEnd();
  world.mailbox.folders.clear();
  await world.begin([...lines, { item: chatLineOf("six", { position: 5 }) }], 2);
  const run = await world.runToEnd(2);
  assert.deepEqual(run.counts, { imported: 1, partial: 0, skipped: 5, failed: 0 });
  assert.equal(world.log.of("folder.recreated").length, 1);
  assert.equal(world.mailbox.items.length, 6);
});

test("of two folders of that name the known one is kept, and a worker that knows none takes the first by id", async () => {
  const world = new ImportWorld();
  world.mailbox.folders.set("folder-b", "ice chat");
  await world.begin(lines);
  await world.runToEnd();
  world.mailbox.folders.set("folder-a", "ICE Chat");
  await world.begin([{ item: chatLineOf("six") }], 2);
  await world.runToEnd(2);
  assert.deepEqual([...new Set(world.mailbox.items.map(({ folderId }) => folderId))], ["folder-b"]);
  const other = new ImportWorld();
  other.mailbox.folders.set("folder-b", "ICE Chat").set("folder-a", "ICE Chat");
  await other.begin(lines);
  await other.runToEnd();
  assert.deepEqual([...new Set(other.mailbox.items.map(({ folderId }) => folderId))], ["folder-a"]);
});

test("a mailbox that was made anew blocks the run with an alert, and nothing is created in it", async () => {
  const world = new ImportWorld();
  world.rootOf = () => mailboxId.parse(`${ids.oid}.1`);
  await world.begin(lines);
  const run = await world.runToEnd();
  assert.equal(run.state, "blocked");
  assert.equal(run.reason, "mailbox-recreated");
  assert.deepEqual(run.counts, { imported: 0, partial: 0, skipped: 0, failed: 5 });
  assert.equal(world.mailbox.creations, 0);
  assert.equal(world.log.of("mailbox.blocked").length, 1);
});

test("a mailbox that was made anew after its folder was known is told by its root, and nothing is created in it", async () => {
  const world = new ImportWorld();
  const [old, anew] = [ids.mailbox, mailboxId.parse(`${ids.oid}.1`)];
  world.rootOf = (rootId) => (rootId === "root-2" ? anew : old);
  await world.begin(lines);
  assert.equal((await world.runToEnd()).state, "done");
  world.mailbox.root = "root-2";
  await world.begin(lines, 2);
  const run = await world.runToEnd(2);
  assert.deepEqual([run.state, run.reason], ["blocked", "mailbox-recreated"]);
  assert.equal(world.mailbox.creations, 5);
});

test("while the root is the one that the folder was found under, nobody is asked which mailbox it is", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  await world.runToEnd();
  world.rootOf = () => {
    throw new Error("asked");
  };
  await world.begin([{ item: chatLineOf("six") }], 2);
  assert.deepEqual((await world.runToEnd(2)).counts, { imported: 1, partial: 0, skipped: 0, failed: 0 });
});

for (const reason of ["access-denied", "no-mailbox", "quota-exceeded"] as const) {
  test(`${reason} blocks the run: what is in stays imported, the rest is failed for that reason, the equation holds`, async () => {
    const world = new ImportWorld();
    const outcome: CreateOutcome = { type: "blocked", reason, code: "ErrorX" };
    world.mailbox.mishapOf = (creation) => (creation > 3 ? { stores: false, outcome } : undefined);
    await world.begin(lines);
    const run = await world.runToEnd();
    assert.equal(run.state, "blocked");
    assert.deepEqual(run.counts, { imported: 3, partial: 0, skipped: 0, failed: 2 });
    const failures = (await world.result()).filter((line) => line.type === "failed");
    assert.deepEqual([...new Set(failures.map((line) => line.reason))], [`blocked:${reason}`]);
    world.mailbox.mishapOf = () => undefined;
    await world.begin(lines, 2);
    assert.deepEqual((await world.runToEnd(2)).counts, { imported: 2, partial: 0, skipped: 3, failed: 0 });
    assert.deepEqual(world.mailbox.counts(), onceEach);
  });
}

test("a result that was written is the run's last word: what changes before its state says so changes nothing", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = { type: "blocked", reason: "quota-exceeded", code: "ErrorQuotaExceeded" };
  world.mailbox.mishapOf = () => ({ stores: false, outcome });
  await world.begin(lines);
  await world.tryOnce({ nth: 1, when: "after", what: "vanish", of: ({ method }) => method === "commit" });
  assert.equal((await world.run()).state, "running");
  world.mailbox.mishapOf = () => undefined;
  const run = await world.runToEnd();
  assert.equal(run.state, "blocked");
  assert.equal(run.counts.failed, 5);
  assert.equal(world.mailbox.items.length, 0);
});

test("an item that Graph will not have is failed; a later generation tries it again", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = { type: "refused", reason: "refused:400:ErrorInvalid", becauseOf: [] };
  world.mailbox.mishapOf = (creation) => (creation === 2 ? { stores: false, outcome } : undefined);
  await world.begin(lines);
  assert.deepEqual((await world.runToEnd()).counts, { imported: 4, partial: 0, skipped: 0, failed: 1 });
  await world.begin(lines, 2);
  assert.deepEqual((await world.runToEnd(2)).counts, { imported: 1, partial: 0, skipped: 4, failed: 0 });
  const skipped = (await world.result(2)).filter((line) => line.type === "skipped");
  assert.deepEqual(skipped[0]?.first, { generation: `${ids.drop}/1`, source: `${ids.file}:0` });
});

test("an item refused for its Message-ID is sent once more without it, which is said", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = {
    type: "refused",
    reason: "refused:400:X",
    becauseOf: ["internetMessageId", "sender"],
  };
  world.mailbox.mishapOf = (_, item) =>
    item.message.internetMessageId === undefined ? undefined : { stores: false, outcome };
  await world.begin(lines.slice(0, 1));
  await world.runToEnd();
  assert.equal(world.mailbox.creations, 2);
  assert.equal(world.mailbox.items[0]?.message.from, undefined);
  assert.equal(world.log.of("item.degraded").length, 1);
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.equal(summary.degraded, 1);
});

test("an item that Graph made otherwise than asked is an alert and counted", async () => {
  const world = new ImportWorld();
  const outcome: CreateOutcome = { type: "created", graphId: "AAMk", deviations: ["is-draft", "received-at"] };
  world.mailbox.mishapOf = (creation) => (creation === 1 ? { stores: true, outcome } : undefined);
  await world.begin(lines);
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.equal(summary.deviating, 1);
  assert.equal(world.log.of("item.deviates")[0]?.fields["deviations"], "is-draft,received-at");
});

test("verify tells what is missing, moved, double and without receipt, and deletes nothing", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  const [folder] = ["folder-000001"];
  let isDone = false;
  const list = world.mailbox.listKeys.bind(world.mailbox);
  world.mailbox.listKeys = (folderId, day) => {
    if (!isDone) {
      isDone = true;
      world.clock.turn(world.settings.answeredDoubtWaitInMs);
      const { items } = world.mailbox;
      const [first, second, third] = [items[0], items[1], items[2]];
      assert(first && second && third);
      items.splice(items.indexOf(first), 1);
      second.folderId = "folder-other";
      items.push({ ...third, graphId: "copy" });
      items.push({ ...third, graphId: "stranger", key: keyOf("stranger") });
    }
    return list(folderId, day);
  };
  await world.runToEnd();
  const result = await world.result();
  const findings = result.filter((line) => "chatDay" in line).map((line) => `${line.type} ${line.key}`);
  const [first, second, third] = words.slice(0, 3).map((word) => keyOf(word));
  assert.deepEqual(
    findings.toSorted(),
    [`missing ${first}`, `moved ${second}`, `double ${third}`, `unrecorded ${keyOf("stranger")}`].toSorted(),
  );
  assert.equal(world.log.of("verify.found").length, 1);
  assert.equal(world.mailbox.items.filter(({ folderId }) => folderId === folder).length, 5);
});

test("verify looks for a bounded number of items only, and says how many it did not look for", async () => {
  const world = new ImportWorld({ verifyLookUps: 2 });
  await world.begin(lines);
  world.mailbox.listKeys = async function* () {
    yield { type: "value", value: [] };
  };
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.equal(summary.verify.unchecked, 3);
  assert.equal(summary.verify.missing, 0, "those that were looked for are in the folder after all");
});

test("a day that could not be read back counts as not read, and its items as unchecked, not as missing", async () => {
  const world = new ImportWorld();
  await world.begin(lines);
  world.mailbox.listKeys = async function* () {
    for (;;) yield { type: "unknown", because: "status:500" };
  };
  assert.equal((await world.runToEnd()).state, "done");
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.deepEqual(summary.verify, {
    days: 1,
    daysRead: 0,
    missing: 0,
    moved: 0,
    double: 0,
    unrecorded: 0,
    unchecked: 5,
  });
});

test("a file that is no longer there, or is another, fails its item and no other", async () => {
  for (const bytes of [undefined, Buffer.from("another")]) {
    const world = new ImportWorld();
    const { attachmentOf } = await import("../../support/import-world.ts");
    const file = attachmentOf("a.txt", Buffer.from("the file"));
    if (bytes !== undefined) await world.blobs.create(file.content.blob, bytes);
    await world.begin([{ item: chatLineOf("with", { attachments: [file] }) }, ...lines]);
    assert.deepEqual((await world.runToEnd()).counts, { imported: 5, partial: 0, skipped: 0, failed: 1 });
    const failed = (await world.result()).find((line) => line.type === "failed");
    assert.equal(failed?.reason, bytes === undefined ? "attachment-gone" : "attachment-altered");
  }
});

test("a work list that is shorter or longer than its run was created with is a loud fault", async () => {
  for (const off of [-1, 1]) {
    const world = new ImportWorld();
    const { createRun } = await import("../../../shared/pipeline/run-state.ts");
    await createRun(world.blobs, { drop: ids.drop, gen: 1, mailbox: ids.mailbox }, lines.length + off, { writer: "w" });
    await world.begin(lines);
    assert.equal(await world.tryOnce(), "thrown");
    assert.match(String(world.errors[0]), /work list has (more|fewer) lines/);
    assert.equal(await world.blobs.read(paths.result(ids.drop, 1, ids.mailbox)), undefined);
  }
});
