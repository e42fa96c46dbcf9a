import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { closeDrop } from "../../../shared/pipeline/close-drop.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { reprocessDrop, restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { paths } from "../../../shared/store/paths.ts";
import { putDocument } from "../../../shared/store/state-document.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, type Row, rowsOf } from "../../support/small-drop.ts";
import { collect } from "../sample/read-sample.ts";

const aDayInMs = 24 * 3600_000;
const toCid: readonly Row[] = [
  { id: "both", from: "ann", to: ["bob", "cid"] },
  { id: "only-cid", from: "eve", to: ["cid"] },
];

async function closedWorld(rows: readonly Row[], mapping?: string): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  if (mapping !== undefined) await world.map(mapping);
  world.put("a.csv", csvOf(rows));
  await world.runUntilQuiet();
  return world;
}

async function reprocess(world: PipelineWorld): Promise<void> {
  const asked = await reprocessDrop(world.deps, dropOf(1));
  assert.equal(asked.outcome, "started");
  await world.runUntilQuiet();
}

test("somebody who is mapped later gets just what was missing; what is there already is skipped", async () => {
  const world = await closedWorld(toCid);
  assert.equal((await world.report(dropOf(1))).unmappedItems, 1);
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.cid), ["both", "only-cid"]);
  assert.deepEqual([world.textsIn(oids.ann), world.textsIn(oids.bob)], [["both"], ["both"]]);
  const report = await world.report(dropOf(1), 2);
  assert.deepEqual(report.equation, { available: 4, imported: 2, partial: 0, skipped: 2, failed: 0 });
  assert.deepEqual([report.unmappedItems, report.isBalanced], [0, true]);
  assert.equal((await world.report(dropOf(1), 1)).unmappedItems, 1);
});

test("a mapping that names another mailbox sends the next generation there, and leaves the first one's as it is", async () => {
  const world = await closedWorld(toCid, "ImId,Mailbox\r\ncid,bob@acme.example\r\n");
  assert.deepEqual(world.textsIn(oids.bob), ["both", "only-cid"]);
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), ["both", "only-cid"]);
  assert.deepEqual(world.textsIn(oids.cid), ["both", "only-cid"]);
});

test("reprocessing with nothing changed skips all, any number of times", async () => {
  const world = await closedWorld(rowsOf("a", 3));
  for (const gen of [2, 3, 4]) {
    await reprocess(world);
    const { equation, isBalanced } = await world.report(dropOf(1), gen);
    assert.deepEqual([equation.skipped, equation.imported, isBalanced], [6, 0, true]);
  }
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1", "a-2"]);
});

test("what somebody deleted from a mailbox is not put there again, and verify says that it is missing", async () => {
  const world = await closedWorld(rowsOf("a", 3));
  world.mailboxOf(oids.ann).items.splice(0, 1);
  await reprocess(world);
  assert.equal(world.textsIn(oids.ann).length, 2);
  assert.equal((await world.report(dropOf(1), 2)).findings.missing, 1);
});

test("a file that was put aside for a missing key comes in when the key is there, from its evidence alone", async () => {
  const [keys, late] = await Promise.all([1, 2].map(() => generatePgpKeys({ kind: "curve25519" })));
  assert.ok(keys !== undefined && late !== undefined);
  const world = new PipelineWorld();
  await world.secrets.set(secretName(acme, "pgp-private-key-1"), keys.privateKey);
  await world.save(connectorOf({ encryption: { type: "pgp", keys: [1], signers: [] } }));
  for (const [name, key] of [
    ["a", keys],
    ["b", late],
  ] as const) {
    const bytes = csvOf(rowsOf(name, 2));
    world.put(
      `${name}.csv.pgp`,
      await collect(
        encryptFor(
          key.publicKey,
          (async function* () {
            yield bytes;
          })(),
        ),
      ),
    );
  }
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
  world.siteOf().files.clear();
  await world.secrets.set(secretName(acme, "pgp-private-key-2"), late.privateKey);
  await world.save(connectorOf({ encryption: { type: "pgp", keys: [2, 1], signers: [] } }));
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1", "b-0", "b-1"]);
  assert.deepEqual((await world.report(dropOf(1), 2)).equation.skipped, 4);
});

test("a truncated file is not waited for once more when its drop is reprocessed", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("cut.xml", '<FileDump><Conversation Perspective="x"><RoomID>r</RoomID>');
  await world.runUntilQuiet();
  const before = world.clock.now();
  await reprocess(world);
  assert.ok(world.clock.now() - before < 20 * 60_000);
  assert.equal((await world.report(dropOf(1), 2)).files[0]?.state, "rejected");
});

test("plaintext is deleted a week after the close, and a replay works from the evidence", async () => {
  const world = await closedWorld([
    ...toCid,
    { id: "f", from: "ann", to: ["bob"], file: { name: "n.txt", bytes: Buffer.from("n") } },
  ]);
  const plain = () => world.blobs.all().filter((path) => /^(drops|chats|people|routed|work)\//.test(path));
  await world.runFor(7 * aDayInMs - 3600_000);
  assert.ok(plain().length > 0);
  await world.runFor(2 * 3600_000);
  assert.deepEqual(plain(), []);
  assert.equal((await world.drop(dropOf(1))).isCleaned, true);
  world.siteOf().files.clear();
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.cid), ["both", "only-cid"]);
  assert.equal((await world.report(dropOf(1), 2)).isBalanced, true);
  await world.runFor(8 * aDayInMs);
  assert.deepEqual(plain(), []);
});

test("evidence whose time is over puts its file aside with that reason; the rest of the replay goes on", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  world.put("b.csv", csvOf(rowsOf("b", 1)));
  await world.runUntilQuiet();
  await world.runFor(8 * aDayInMs);
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  await world.blobs.remove(file.evidence);
  await reprocess(world);
  const { files, equation } = await world.report(dropOf(1), 2);
  assert.deepEqual(
    files.map(({ state, reason }) => `${state} ${reason?.code ?? ""}`),
    ["rejected evidence-gone", "verified "],
  );
  assert.deepEqual([equation.skipped, equation.failed], [2, 0]);
});

test("a paused connector's drop can be reprocessed from its evidence", async () => {
  const world = await closedWorld(rowsOf("a", 1));
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  await world.save(connectorOf({ isPaused: true }));
  await reprocess(world);
  assert.equal((await world.drop(dropOf(1))).gen, 2);
});

test("a drop that is open, unknown or being cleaned is not reprocessed, and the refusal says why", async () => {
  const world = await closedWorld(rowsOf("a", 1));
  await reprocessDrop(world.deps, dropOf(1));
  const again = await reprocessDrop(world.deps, dropOf(1));
  assert.match(again.outcome === "refused" ? again.reason : "", /already being processed \(sealed\)/);
  const unknown = await reprocessDrop(world.deps, dropOf(8));
  assert.match(unknown.outcome === "refused" ? unknown.reason : "", /no closed drop/);
  await world.runUntilQuiet();
  await world.blobs.lease(paths.lock(`drop-${dropOf(1)}`), 60_000);
  const cleaning = await reprocessDrop(world.deps, dropOf(1));
  assert.match(cleaning.outcome === "refused" ? cleaning.reason : "", /Try again in a minute/);
});

test("a drop that is open again is not cleaned, though its time has come", async () => {
  const world = await closedWorld(rowsOf("a", 2));
  world.loses = () => true;
  world.clock.turn(8 * aDayInMs);
  await reprocessDrop(world.deps, dropOf(1));
  await world.tick();
  assert.equal((await world.drop(dropOf(1))).state, "sealed");
  assert.ok(world.blobs.all().some((path) => path.startsWith("drops/")));
  assert.equal(world.log.of("drop.plaintext-deleted").length, 0);
});

test("a cleaning that died in the middle leaves nothing that a reprocessing would trust", async () => {
  const world = await closedWorld(rowsOf("a", 600));
  const [chunk] = world.blobs.all().filter((path) => path.startsWith("chats/"));
  assert.ok(chunk !== undefined);
  await world.blobs.remove(chunk);
  await putDocument(world.blobs, paths.closed(dropOf(1)), dropState, (now) => now && { ...now, isCleaned: true }, {
    writer: "test",
  });
  await reprocess(world);
  assert.equal((await world.report(dropOf(1), 2)).equation.skipped, 1200);
});

test("a drop that cannot go on after an upgrade can be restarted: its files are read again, and nothing comes twice", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  world.losesEvent = () => true;
  await world.runFor(10 * 60_000);
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.ok(file !== undefined);
  // What another version of the parser would have left.
  await world.blobs.create(paths.chunk(dropOf(1), file.id, 0), Buffer.from("other lines"));
  world.losesEvent = () => false;
  await world.runFor(2 * 3600_000);
  assert.equal((await world.drop(dropOf(1))).state, "released");
  const restarted = await restartDrop(world.deps, dropOf(1));
  assert.equal(restarted.outcome, "started");
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1", "a-2"]);
  assert.equal((await world.report(dropOf(1), 2)).isBalanced, true);
});

test("a drop can be restarted in the middle of its imports: what they have done is skipped", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 30)));
  world.loses = (queue, task) => queue === "mailboxes" && "mailbox" in task && task.mailbox.startsWith(oids.ann);
  await world.runFor(10 * 60_000);
  assert.equal((await world.drop(dropOf(1))).state, "importing");
  assert.equal(world.textsIn(oids.bob).length, 30);
  world.loses = () => false;
  await restartDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const { equation } = await world.report(dropOf(1), 2);
  assert.deepEqual(equation, { available: 60, imported: 30, partial: 0, skipped: 30, failed: 0 });
});

test("a drop that is held or still collects is not restarted", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 1 }));
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  await world.runUntilQuiet();
  const refused = await restartDrop(world.deps, dropOf(1));
  assert.match(refused.outcome === "refused" ? refused.reason : "", /held/);
});

test("a drop is read the second time as it was counted, though the connector was changed in between", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ timestampZone: "Europe/London", fieldNames: { Text: "Words" } }));
  const file = csvOf([{ id: "a", from: "ann", to: ["bob"] }])
    .toString()
    .replace(",Text,", ",Words,")
    .replace('Z"', '"');
  world.put("a.csv", file);
  world.losesEvent = () => true;
  await world.runFor(10 * 60_000);
  await world.save(connectorOf());
  world.losesEvent = () => false;
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a"]);
  const [item] = world.mailboxOf(oids.ann).items;
  assert.equal(item?.receivedAt, Date.UTC(2026, 5, 3, 12, 5, 6));
});

test("closing late does not close the next generation", async () => {
  const world = await closedWorld(rowsOf("a", 1));
  const first = await world.drop(dropOf(1));
  await reprocessDrop(world.deps, dropOf(1));

  await closeDrop(world.deps, { ...first, state: "verifying" });
  assert.equal((await world.drop(dropOf(1))).gen, 2);
  await world.runUntilQuiet();
  await closeDrop(world.deps, { ...first, state: "verifying" });
  assert.equal((await world.drop(dropOf(1))).gen, 2);
});
