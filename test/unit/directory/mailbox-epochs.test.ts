import assert from "node:assert/strict";
import { test } from "node:test";
import { mailboxAddress } from "../../../shared/chat/identifiers.ts";
import type { MailboxState } from "../../../shared/directory/directory.ts";
import { MailboxEpochs } from "../../../shared/directory/mailbox-epochs.ts";
import { createMailboxFinder } from "../../../shared/directory/mailbox-finder.ts";
import { oid } from "../../contract/directory/directory-contract.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const jane = oid(1);

function setUp(blobs = new MemoryBlobs()) {
  const log = createRecordingLog();
  const pause = async (): Promise<void> => undefined;
  return { log, epochs: new MailboxEpochs({ blobs, log, writer: { writer: "test", pause } }), blobs };
}

test("a mailbox has epoch 0 for as long as its root stays", async () => {
  const { epochs, log } = setUp();
  for (const _ of [1, 2, 3]) assert.equal(await epochs.seen(jane, "a"), `${jane}.0`);
  assert.deepEqual(log.lines, []);
});

test("a mailbox that was made anew has the next epoch, and that is said once", async () => {
  const { epochs, log } = setUp();
  await epochs.seen(jane, "a");
  for (const _ of [1, 2]) assert.equal(await epochs.seen(jane, "b"), `${jane}.1`);
  assert.equal(await epochs.seen(jane, "c"), `${jane}.2`);
  assert.deepEqual(
    log.of("mailbox.recreated").map(({ fields }) => fields.epoch),
    [1, 2],
  );
});

test("a deleted mailbox that is restored has its old epoch again, so that nothing is imported twice", async () => {
  const { epochs, log } = setUp();
  await epochs.seen(jane, "a");
  await epochs.seen(jane, "b");
  assert.equal(await epochs.seen(jane, "a"), `${jane}.0`);
  assert.equal(log.of("mailbox.restored").length, 1);
  assert.equal(await epochs.last(jane), `${jane}.0`);
  assert.equal(await epochs.seen(jane, "c"), `${jane}.2`);
});

test("another process finds the epochs as they were left", async () => {
  const { epochs, blobs } = setUp();
  await epochs.seen(jane, "a");
  await epochs.seen(jane, "b");
  assert.equal(await setUp(blobs).epochs.seen(jane, "b"), `${jane}.1`);
});

test("processes that see a new root at the same time agree on its epoch", async () => {
  const { epochs, blobs } = setUp();
  await epochs.seen(jane, "a");
  const seen = await Promise.all([1, 2, 3, 4, 5].map(() => setUp(blobs).epochs.seen(jane, "b")));
  assert.deepEqual(new Set(seen), new Set([`${jane}.1`]));
});

test("users have epochs of their own", async () => {
  const { epochs } = setUp();
  await epochs.seen(jane, "a");
  await epochs.seen(jane, "b");
  assert.equal(await epochs.seen(oid(2), "c"), `${oid(2)}.0`);
});

async function findWith(mailbox: MailboxState) {
  const { epochs } = setUp();
  await epochs.seen(jane, "a");
  await epochs.seen(jane, "b");
  const user = { oid: jane, address: "jane@bank.example", displayName: "Jane" };
  const find = createMailboxFinder({ directory: { find: async () => ({ user, mailbox }) }, epochs });
  return find(mailboxAddress.parse("j@bank.example"));
}

test("a mailbox out of the app's scope is found with the epoch it had last", async () => {
  const expected = { id: `${jane}.1`, address: "jane@bank.example", displayName: "Jane" };
  assert.deepEqual(await findWith({ state: "out-of-scope" }), expected);
  assert.deepEqual(await findWith({ state: "ok", rootId: "b" }), expected);
});

test("a user without mailbox is told from nobody and from several", async () => {
  assert.equal(await findWith({ state: "none" }), "no-mailbox");
  const { epochs } = setUp();
  for (const [answer, reason] of [
    ["unknown", "unknown-user"],
    ["ambiguous", "ambiguous"],
  ] as const) {
    const find = createMailboxFinder({ directory: { find: async () => answer }, epochs });
    assert.equal(await find(mailboxAddress.parse("j@bank.example")), reason);
  }
});
