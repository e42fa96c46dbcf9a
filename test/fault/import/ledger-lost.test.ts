import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImportSettings } from "../../../shared/import/import-settings.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const words = ["one", "two", "three", "four", "five", "six", "seven"];
const lines = words.map((word) => ({ item: chatLineOf(word) }));

/** A mailbox in which the first five are, and a storage that was set back to a time when it knew of the first two. */
async function failedOver(given: Partial<ImportSettings>): Promise<ImportWorld> {
  const world = new ImportWorld({ itemsPerBatch: 2, ...given });
  await world.begin(lines.slice(0, 2));
  await world.runToEnd();
  const known = await ledgerOf(world);
  await world.begin(lines.slice(0, 5), 2);
  await world.runToEnd(2);
  for (const [path, bytes] of await ledgerOf(world)) {
    await world.blobs.remove(path);
    const before = known.get(path);
    if (before === undefined) continue;
    await world.blobs.createAppendable(path);
    await world.blobs.append(path, before, 0);
    assert.ok(before.length < bytes.length);
  }
  return world;
}

async function ledgerOf(world: ImportWorld): Promise<Map<BlobPath, Buffer>> {
  const files = new Map<BlobPath, Buffer>();
  for await (const { path } of world.blobs.list("ledger/")) {
    files.set(path, (await world.blobs.read(path))?.bytes ?? Buffer.alloc(0));
  }
  return files;
}

test("after lines of the ledger were lost nothing is created that is in the mailbox, when items are looked for first", async () => {
  const world = await failedOver({ looksFirst: true });
  await world.begin(lines, 3);
  const { counts, state } = await world.runToEnd(3);
  assert.equal(state, "done");
  assert.equal(world.mailbox.items.length, words.length);
  // Two the ledger knows; three were found, and have their receipt again; two are new.
  assert.deepEqual(counts, { imported: 5, partial: 0, skipped: 2, failed: 0 });
  const [summary] = await world.result(3);
  assert.ok(summary !== undefined);
});

test("a mailbox whose whole ledger is gone is filled no second time either", async () => {
  const world = await failedOver({ looksFirst: true });
  for (const path of (await ledgerOf(world)).keys()) await world.blobs.remove(path);
  await world.begin(lines, 3);
  await world.runToEnd(3);
  assert.equal(world.mailbox.items.length, words.length);
});

test("an item that cannot be looked for is not created in the meantime", async () => {
  const world = await failedOver({ looksFirst: true });
  const find = world.mailbox.findByMessageId.bind(world.mailbox);
  world.mailbox.findByMessageId = async () => ({ type: "unknown", because: "status:503" });
  await world.begin(lines, 3);
  for (let tries = 0; tries < 20; tries += 1) await world.step(3);
  assert.equal(world.mailbox.items.length, 5);
  world.mailbox.findByMessageId = find;
  await world.runToEnd(3);
  assert.equal(world.mailbox.items.length, words.length);
});

test("without that the lost lines' items are there twice, and reading the folder back says so", async () => {
  const world = await failedOver({});
  await world.begin(lines, 3);
  await world.runToEnd(3);
  assert.equal(world.mailbox.items.length, words.length + 3);
  assert.equal(world.log.of("verify.found").at(-1)?.fields["double"], 3);
});
