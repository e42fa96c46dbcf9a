import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import { toStoredZip } from "../../../local/sample/stored-zip.ts";
import type { ReprocessScope } from "../../../shared/chat/drop-scope.ts";
import { importKey, type ObjectId, toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { connectorOf as connectorIn } from "../../../shared/pipeline/connector-book.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { readReport } from "../../../shared/pipeline/read-report.ts";
import { releaseDrop } from "../../../shared/pipeline/release-drop.ts";
import { reprocessDrop, restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { paths } from "../../../shared/store/paths.ts";
import { putDocument } from "../../../shared/store/state-document.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { keyOfItem, readIndex } from "../../support/read-index.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";
import { collect } from "../sample/read-sample.ts";

const aDayInMs = 24 * 3600_000;
const nobody = importKey.parse("k".repeat(43));

/** Makes a mailbox refuse the app; the result mends it. */
function block(world: PipelineWorld, oid: ObjectId): () => void {
  const mailbox = world.mailboxOf(oid);
  mailbox.rootId = async () => ({ type: "blocked", reason: "no-mailbox", code: "MailboxNotEnabledForRESTAPI" });
  return () => Reflect.deleteProperty(mailbox, "rootId");
}

/** A closed drop of two files of which nothing is in anybody's mailbox, while everybody's is mended by now. */
async function missingWorld(count = 2): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const mend = [block(world, oids.ann), block(world, oids.bob)];
  world.put("a.csv", csvOf(rowsOf("a", count)));
  world.put("b.csv", csvOf(rowsOf("b", count)));
  await world.runUntilQuiet();
  for (const one of mend) one();
  return world;
}

async function reprocess(world: PipelineWorld, scope?: ReprocessScope): Promise<void> {
  assert.equal((await reprocessDrop(world.deps, dropOf(1), scope)).outcome, "started");
  await world.runUntilQuiet();
}

/** Lets the time go by after which the plaintext is deleted. */
async function clean(world: PipelineWorld): Promise<void> {
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  assert.equal((await world.drop(dropOf(1))).isCleaned, true);
}

async function fileOf(world: PipelineWorld, name: string) {
  const found = (await world.files(dropOf(1))).find(({ path }) => path === `/out/${name}`);
  assert.ok(found !== undefined);
  return found;
}

function textsOf(world: PipelineWorld): { ann: string[]; bob: string[] } {
  return { ann: world.textsIn(oids.ann), bob: world.textsIn(oids.bob) };
}

test("reprocessing a file imports just what is missing of it, and the drop's next generation all the rest", async () => {
  const world = await missingWorld();
  const { id } = await fileOf(world, "a.csv");
  await reprocess(world, { type: "files", files: [id] });
  assert.deepEqual(textsOf(world), { ann: ["a-0", "a-1"], bob: ["a-0", "a-1"] });
  const report = await world.report(dropOf(1), 2);
  assert.deepEqual(report.equation, { available: 4, imported: 4, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual([report.items, report.imbalances], [2, []]);
  assert.deepEqual([...new Set((await readIndex(world.blobs, dropOf(1), 2)).map(({ file }) => file))], [id]);
  await reprocess(world);
  assert.deepEqual((await world.report(dropOf(1), 3)).equation, {
    ...{ available: 8, imported: 4, partial: 0, skipped: 4, failed: 0 },
  });
});

test("reprocessing a mailbox imports just what is missing in it; every item still stands in the index", async () => {
  const world = await missingWorld();
  await reprocess(world, { type: "mailboxes", mailboxes: [toMailboxId(oids.ann, 0)] });
  assert.deepEqual(textsOf(world), { ann: ["a-0", "a-1", "b-0", "b-1"], bob: [] });
  const report = await world.report(dropOf(1), 2);
  assert.deepEqual([report.equation.imported, report.equation.available, report.imbalances], [4, 4, []]);
  assert.deepEqual([report.items, report.mailboxes], [4, 1]);
});

test("an item that goes to nobody in the scope is in the index as out of scope, one that nobody gets as unmapped", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const rows = [
    { id: "to-bob", from: "ann", to: ["bob"] },
    { id: "own", from: "ann", to: [] },
    { id: "nobodys", from: "eve", to: ["cid"] },
  ];
  world.put("a.csv", csvOf(rows));
  await world.runUntilQuiet();
  await reprocess(world, { type: "mailboxes", mailboxes: [toMailboxId(oids.bob, 0)] });
  const lines = await readIndex(world.blobs, dropOf(1), 2);
  assert.deepEqual(
    lines.map(({ to }) => to),
    [toMailboxId(oids.bob, 0), "out-of-scope", "unmapped"],
  );
  const { items, unmappedItems, outOfScopeItems, equation, isBalanced } = await world.report(dropOf(1), 2);
  assert.deepEqual([items, unmappedItems, outOfScopeItems, equation.available, isBalanced], [3, 1, 1, 1, true]);
});

test("reprocessing an item imports it alone, and opens only the file that it came in", async () => {
  const world = await missingWorld();
  const { id } = await fileOf(world, "b.csv");
  const key = await keyOfItem(world.blobs, dropOf(1), 1, id);
  await reprocess(world, { type: "items", keys: [key] });
  assert.deepEqual(textsOf(world), { ann: ["b-1"], bob: ["b-1"] });
  const lines = await readIndex(world.blobs, dropOf(1), 2);
  assert.deepEqual(
    lines.map(({ file, to }) => [file, to]),
    [
      [id, "out-of-scope"],
      [id, toMailboxId(oids.ann, 0)],
      [id, toMailboxId(oids.bob, 0)],
    ],
  );
  assert.equal((await world.report(dropOf(1), 2)).isBalanced, true);
  const tickets = world.blobs.all().filter((path) => path.startsWith(paths.tickets(dropOf(1), 2)));
  assert.deepEqual(tickets, [paths.ticket(dropOf(1), 2, id)]);
});

test("a report says what scope it is of, while the drop is running too", async () => {
  const world = await missingWorld();
  const { id } = await fileOf(world, "a.csv");
  const keys = [await keyOfItem(world.blobs, dropOf(1), 0, id)];
  world.loses = (queue) => queue === "mailboxes";
  await reprocessDrop(world.deps, dropOf(1), { type: "items", keys });
  const told = async () => {
    const now = await readReport(world.deps, dropOf(1));
    assert.ok(now !== undefined);
    const { scope, items, outOfScopeItems, equation, open, imbalances } = now.report;
    return [now.status, scope, items, outOfScopeItems, equation.available, open, imbalances];
  };
  const scope = { type: "items", keys, files: [id] };
  assert.deepEqual(await told(), ["running", scope, 2, 0, 0, 0, []]);
  await world.runFor(5 * 60_000);
  assert.deepEqual(await told(), ["running", scope, 2, 1, 2, 2, []]);
  world.loses = () => false;
  await world.runUntilQuiet();
  assert.deepEqual(await told(), ["closed", scope, 2, 1, 2, 0, []]);
});

test("an item that came in two files is taken up from both, since each names its own recipients", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const mend = [block(world, oids.ann), block(world, oids.bob), block(world, oids.cid)];
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  world.put("a.csv", csvOf([{ id: "x", from: "ann", to: ["bob"] }]));
  world.put("b.csv", csvOf([{ id: "x", from: "ann", to: ["cid"] }, ...rowsOf("b", 1)]));
  await world.runUntilQuiet();
  for (const one of mend) one();
  const key = await keyOfItem(world.blobs, dropOf(1), 0, (await fileOf(world, "a.csv")).id);
  await reprocess(world, { type: "items", keys: [key, key] });
  assert.deepEqual(textsOf(world), { ann: ["x"], bob: ["x"] });
  assert.deepEqual(world.textsIn(oids.cid), ["x"]);
});

test("a scope that names what the drop does not know is refused before a generation is begun, with the reason", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  world.put("a-again.csv", csvOf(rowsOf("a", 1)));
  world.put("gone.csv", csvOf(rowsOf("g", 1)));
  world.siteOf().onAsk = (question, path) => {
    if (question === "read" && path === "/out/gone.csv") world.siteOf().files.delete(path);
  };
  await world.runUntilQuiet();
  const duplicate = (await world.files(dropOf(1))).find(({ state }) => state === "duplicate");
  assert.ok(duplicate !== undefined);
  const { id: gone, state } = await fileOf(world, "gone.csv");
  assert.equal(state, "rejected");
  const wrong: [ReprocessScope, RegExp][] = [
    [{ type: "files", files: [toFileId("other")] }, /has no file/],
    [{ type: "files", files: [duplicate.id] }, /nothing can be imported.*same content came before/],
    [{ type: "files", files: [gone] }, /nothing can be imported.*no evidence/],
    [{ type: "mailboxes", mailboxes: [toMailboxId(oids.cid, 0)] }, /sent anything to mailbox.*whole drop/],
    [{ type: "items", keys: [nobody] }, /No report of drop .* knows an item/],
    [{ type: "items", keys: [await keyOfItem(world.blobs, dropOf(1), 0), nobody] }, /knows an item k+\./],
    [{ type: "items", keys: [] }, /names no items/],
    [{ type: "items", keys: Array.from({ length: 1001 }, () => nobody) }, /1000 are the most/],
  ];
  for (const [scope, reason] of wrong) {
    const asked = await reprocessDrop(world.deps, dropOf(1), scope);
    assert.match(asked.outcome === "refused" ? asked.reason : "started", reason);
  }
  assert.equal((await world.drop(dropOf(1))).gen, 1);
  assert.equal(world.blobs.all().filter((path) => path.startsWith(paths.opens)).length, 0);
});

test("after the plaintext was deleted only the file in scope is decrypted again", async () => {
  const world = await missingWorld();
  await clean(world);
  const [a, b] = [await fileOf(world, "a.csv"), await fileOf(world, "b.csv")];
  await reprocess(world, { type: "files", files: [a.id] });
  assert.deepEqual(textsOf(world), { ann: ["a-0", "a-1"], bob: ["a-0", "a-1"] });
  assert.equal(world.log.of("file.verified").length, 3);
  assert.deepEqual(await fileOf(world, "b.csv"), b);
  await reprocess(world);
  assert.deepEqual(textsOf(world).ann, ["a-0", "a-1", "b-0", "b-1"]);
});

test("a cleaning that died in the middle is not forgotten by a generation that left files alone", async () => {
  const world = await missingWorld(600);
  const [a, b] = [await fileOf(world, "a.csv"), await fileOf(world, "b.csv")];
  await world.blobs.remove(paths.chunk(dropOf(1), b.id, 1));
  await putDocument(world.blobs, paths.closed(dropOf(1)), dropState, (now) => now && { ...now, isCleaned: true }, {
    writer: "test",
  });
  await reprocess(world, { type: "items", keys: [await keyOfItem(world.blobs, dropOf(1), 0, a.id)] });
  await reprocess(world, { type: "files", files: [a.id] });
  await reprocess(world);
  assert.equal((await world.report(dropOf(1), 4)).equation.imported, 1200);
});

test("what is out of scope keeps its chunks, and nothing of it is read again", async () => {
  const world = await missingWorld();
  const [a, b] = [await fileOf(world, "a.csv"), await fileOf(world, "b.csv")];
  await world.blobs.remove(paths.dropFile(dropOf(1), a.id));
  const ofB = () => world.blobs.all().filter((path) => path.includes(b.id) && !path.startsWith("released/"));
  const before = ofB();
  await reprocess(world, { type: "files", files: [a.id] });
  assert.deepEqual(ofB(), before);
  assert.equal(world.log.of("file.verified").filter(({ fields }) => fields["file"] === b.id).length, 1);
});

test("one chat file of an archive can be reprocessed by itself, or all of them by the archive's id", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const mend = [block(world, oids.ann), block(world, oids.bob)];
  world.put(
    "both.zip",
    toStoredZip([
      { name: "a.csv", bytes: csvOf(rowsOf("a", 1)) },
      { name: "b.csv", bytes: csvOf(rowsOf("b", 1)) },
    ]),
  );
  await world.runUntilQuiet();
  for (const one of mend) one();
  const { id, dropFiles } = await fileOf(world, "both.zip");
  const member = dropFiles.find(({ member: name }) => name === "b.csv");
  assert.ok(member !== undefined);
  await clean(world);
  await reprocess(world, { type: "files", files: [member.id] });
  assert.deepEqual(textsOf(world), { ann: ["b-0"], bob: ["b-0"] });
  await reprocess(world, { type: "files", files: [id] });
  assert.deepEqual(textsOf(world), { ann: ["a-0", "b-0"], bob: ["a-0", "b-0"] });
});

/** A drop whose second file was put aside for a key that has come since. */
async function lateKeyWorld(itemLimit: number): Promise<PipelineWorld> {
  const [keys, late] = await Promise.all([1, 2].map(() => generatePgpKeys({ kind: "curve25519" })));
  assert.ok(keys !== undefined && late !== undefined);
  const world = new PipelineWorld();
  const encryption = { type: "pgp" as const, keys: [1], signers: [] };
  await world.secrets.set(secretName(acme, "pgp-private-key-1"), keys.privateKey);
  await world.save(connectorOf({ encryption, itemLimit }));
  for (const [name, key] of Object.entries({ a: keys, b: late })) {
    const plain = async function* () {
      yield csvOf(rowsOf(name, 2));
    };
    world.put(`${name}.csv`, await collect(encryptFor(key.publicKey, plain())));
  }
  await world.runUntilQuiet();
  world.siteOf().files.clear();
  await world.secrets.set(secretName(acme, "pgp-private-key-2"), late.privateKey);
  await world.save(connectorOf({ encryption: { ...encryption, keys: [2, 1] }, itemLimit }));
  return world;
}

test("a file that was put aside for a missing key is imported by itself once the key is there", async () => {
  const world = await lateKeyWorld(0);
  await reprocess(world, { type: "files", files: [(await fileOf(world, "b.csv")).id] });
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1", "b-0", "b-1"]);
  const { equation, items, isBalanced } = await world.report(dropOf(1), 2);
  assert.deepEqual([equation.imported, equation.skipped, items, isBalanced], [4, 0, 2, true]);
});

test("a scope does not get by the gate: items beyond the limit are held, and released by an admin the scope alone goes on", async () => {
  const world = await lateKeyWorld(3);
  const { id } = await fileOf(world, "b.csv");
  await reprocess(world, { type: "files", files: [id] });
  const held = await world.drop(dropOf(1));
  assert.deepEqual([held.state, held.items, held.gate?.siteDayItems], ["held", 2, 4]);
  const again = await reprocessDrop(world.deps, dropOf(1));
  assert.match(again.outcome === "refused" ? again.reason : "", /\(held\)/);
  await releaseDrop(world.deps, dropOf(1), "admin");
  await world.runUntilQuiet();
  assert.deepEqual((await world.report(dropOf(1), 2)).equation.imported, 4);
  await reprocess(world);
  assert.deepEqual((await world.report(dropOf(1), 3)).equation.skipped, 8);
});

test("what a scope has brought in passes the gate of the next whole generation unasked", async () => {
  const world = await lateKeyWorld(0);
  const { encryption } = await connectorIn(world.blobs, acme);
  await reprocess(world, { type: "files", files: [(await fileOf(world, "b.csv")).id] });
  await world.save(connectorOf({ encryption, itemLimit: 3 }));
  await reprocess(world);
  assert.equal((await world.report(dropOf(1), 3)).equation.skipped, 8);
});

test("a site day's other drops count whole at the gate, though the last generation had a scope", async () => {
  const world = await missingWorld();
  await reprocess(world, { type: "files", files: [(await fileOf(world, "a.csv")).id] });
  await world.save(connectorOf({ itemLimit: 4 }));
  world.put("late.csv", csvOf(rowsOf("late", 1)));
  await world.fetch();
  const late = await world.drop(dropOf(2));
  assert.deepEqual([late.state, late.gate?.siteDayItems], ["held", 5]);
});

test("a generation that is restarted keeps its scope", async () => {
  const world = await missingWorld(30);
  world.loses = (queue) => queue === "mailboxes";
  const scope: ReprocessScope = { type: "mailboxes", mailboxes: [toMailboxId(oids.ann, 0)] };
  await reprocessDrop(world.deps, dropOf(1), scope);
  await world.runFor(10 * 60_000);
  assert.equal((await world.drop(dropOf(1))).state, "importing");
  world.loses = () => false;
  assert.equal((await restartDrop(world.deps, dropOf(1))).outcome, "started");
  await world.runUntilQuiet();
  assert.deepEqual([world.textsIn(oids.ann).length, world.textsIn(oids.bob).length], [60, 0]);
  const drop = await world.drop(dropOf(1));
  assert.deepEqual([drop.gen, drop.scope], [3, scope]);
});

test("a mailbox that was made anew since is reprocessed under the name that the report gives it", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runUntilQuiet();
  const mailbox = world.mailboxOf(oids.ann);
  mailbox.root = `root-${oids.ann}-1`;
  mailbox.items.length = 0;
  mailbox.folders.clear();
  world.directory.recreate(oids.ann);
  await reprocess(world, { type: "mailboxes", mailboxes: [toMailboxId(oids.ann, 0)] });
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
  assert.deepEqual((await world.report(dropOf(1), 2)).equation.imported, 2);
});

test("what somebody deleted is not put there again, not even when the item itself is asked for: verify says that it is missing", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runUntilQuiet();
  const [deleted] = world.mailboxOf(oids.ann).items.splice(0, 1);
  await reprocess(world, { type: "items", keys: [importKey.parse(deleted?.key)] });
  assert.equal(world.textsIn(oids.ann).length, 1);
  const { findings, equation } = await world.report(dropOf(1), 2);
  assert.deepEqual([findings.missing, equation.skipped, equation.imported], [1, 2, 0]);
});

test("the other generations' scope does not narrow a whole one", async () => {
  const world = await missingWorld();
  await reprocess(world, { type: "items", keys: [await keyOfItem(world.blobs, dropOf(1), 0)] });
  await reprocess(world);
  const drop = await world.drop(dropOf(1));
  assert.deepEqual([drop.scope, drop.itemsBeside, drop.items], [undefined, undefined, 4]);
  assert.deepEqual((await world.report(dropOf(1), 3)).equation, {
    ...{ available: 8, imported: 6, partial: 0, skipped: 2, failed: 0 },
  });
});
