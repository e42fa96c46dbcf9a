import assert from "node:assert/strict";
import { test } from "node:test";
import { compareMailboxes } from "../../e2e/compare-mailboxes.ts";
import { drop, expected, exportRight, find, isPlain } from "./right-export.ts";

test("finds nothing where every mailbox is as it must be", () => {
  assert.deepEqual(compareMailboxes(expected, exportRight()), []);
});

test("finds nothing in folders that are empty and in mailboxes that only exist", () => {
  const exported = exportRight();
  for (const { id, mailbox } of drop.directory) if (mailbox === "ok") exported[id] ??= { Inbox: [] };
  assert.deepEqual(compareMailboxes(expected, exported), []);
});

test("finds an item that is missing", () => {
  const exported = exportRight();
  const { user, message } = find(exported, isPlain);
  exported[user]?.["ICE Chat"]?.splice(exported[user]["ICE Chat"].indexOf(message), 1);
  const differences = compareMailboxes(expected, exported);
  assert.equal(differences.length, 1);
  assert.match(differences[0] ?? "", /^mailbox [0-9a-f-]+: missing: message of 2026-06-0\dT/);
});

test("finds an item that is there twice, by its key, its Message-ID and as one too much", () => {
  const exported = exportRight();
  const { user, message } = find(exported, isPlain);
  exported[user]?.["ICE Chat"]?.push({ ...message });
  const differences = compareMailboxes(expected, exported).join("\n");
  assert.match(differences, /extra: message of/);
  assert.match(differences, /internetMessageId <.*> is in 2 messages/);
  assert.match(differences, /IceChatImportKey .* is in 2 messages/);
});

test("finds an item that belongs to nobody there", () => {
  const exported = exportRight();
  const { message } = find(exported, isPlain);
  const stranger = drop.directory.find(({ id, mailbox }) => mailbox === "ok" && !expected.has(id));
  assert.ok(stranger !== undefined);
  exported[stranger.id] = { "ICE Chat": [{ ...message }] };
  const differences = compareMailboxes(expected, exported);
  assert.equal(differences.length, 1);
  assert.ok(differences[0]?.startsWith(`mailbox ${stranger.id}: extra: message of 2026-06-0`));
});

test("finds a whole mailbox that is missing", () => {
  const exported = exportRight();
  const { user } = find(exported, isPlain);
  delete exported[user];
  const differences = compareMailboxes(expected, exported);
  assert.equal(differences.length, expected.get(user)?.length);
  assert.ok(differences.every((line) => line.startsWith(`mailbox ${user}: missing: `)));
});

test("finds items that lie in another folder", () => {
  const exported = exportRight();
  const { user } = find(exported, isPlain);
  exported[user] = { Inbox: exported[user]?.["ICE Chat"] ?? [] };
  const count = expected.get(user)?.length ?? 0;
  const differences = compareMailboxes(expected, exported);
  assert.equal(differences.length, count + 1);
  assert.match(differences[0] ?? "", new RegExp(`folder "Inbox" holds ${count} messages, where only "ICE Chat"`));
});

test("finds two conversations that share a thread", () => {
  const exported = exportRight();
  for (const folders of Object.values(exported)) {
    for (const { singleValueExtendedProperties } of folders["ICE Chat"] ?? []) {
      const root = singleValueExtendedProperties[1];
      if (root !== undefined) root.value = "<one@chat.invalid>";
    }
  }
  const differences = compareMailboxes(expected, exported);
  assert.equal(differences.length, 1);
  assert.match(differences[0] ?? "", /^In-Reply-To <one@chat\.invalid> is shared by conversations /);
});

test("refuses what is no export", () => {
  assert.throws(() => compareMailboxes(expected, JSON.parse('{"user":{"ICE Chat":[{"subject":7}]}}')), /subject/);
});
