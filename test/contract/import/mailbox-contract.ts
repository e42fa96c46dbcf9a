import assert from "node:assert/strict";
import { test } from "node:test";
import { toChatDay } from "../../../shared/chat/identifiers.ts";
import { draftItem, type EmailItem, toEmailItem, withoutRefused } from "../../../shared/import/email-item.ts";
import { toSource } from "../../../shared/import/ledger-line.ts";
import type { Answer, Mailbox } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ids, keyOf, people, sentAt } from "../../support/import-world.ts";

/** An item made of a word, as importing makes it. */
export function itemOf(word: string, at = sentAt): EmailItem {
  const facts = {
    ...{ feed: ids.feed, zone: "UTC", itemClass: "IPM.Note", withAttachments: true, recipientCap: 500 },
    evidenceOf: () => undefined,
  };
  const work = { file: ids.file, chatDay: toChatDay(at), item: chatLineOf(word, { sentAt: at }) };
  assert.equal(toSource(work.file, 0), `${ids.file}:0`);
  const item = toEmailItem(draftItem(work, { drop: ids.drop, people, facts }), []);
  assert(item !== "too-large");
  return item;
}

/** The value of an answer that must have one. */
export function given<T>(answer: Answer<T>): T {
  if (answer.type !== "value") assert.fail(`no value: ${JSON.stringify(answer)}`);
  return answer.value;
}

/** What every adapter of the port Mailbox must do. `open` gives an empty mailbox. */
export function describeMailbox(name: string, open: () => Promise<Mailbox>): void {
  test(`${name}: has a root that stays the same`, async () => {
    const mailbox = await open();
    assert.equal(given(await mailbox.rootId()), given(await mailbox.rootId()));
  });

  test(`${name}: finds no folder, makes one, finds it whatever its case, and makes no second`, async () => {
    const mailbox = await open();
    assert.deepEqual(given(await mailbox.findFolders("ICE Chat")), []);
    const made = given(await mailbox.createFolder("ICE Chat"));
    assert.deepEqual(given(await mailbox.findFolders("ICE Chat")), [made]);
    assert.deepEqual(given(await mailbox.findFolders("ice CHAT")), [made]);
    assert.equal(given(await mailbox.createFolder("ice chat")), made);
    assert.deepEqual(given(await mailbox.findFolders("ICE Chat")), [made]);
  });

  test(`${name}: an item is created as asked and found by Message-ID and by key`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    const item = itemOf("one");
    const outcome = await mailbox.create(folder, item);
    assert(outcome.type === "created");
    assert.deepEqual(outcome.deviations, []);
    const { graphId } = outcome;
    const found = { type: "found", graphId, folderId: folder };
    assert.deepEqual(await mailbox.findByMessageId(item.internetMessageId), found);
    assert.deepEqual(await mailbox.findByKey(folder, item.key), found);
    assert.deepEqual(await mailbox.findAnywhereByKey(item.key), found);
  });

  test(`${name}: an item is found by its key in another folder too, but not by a search of this one`, async () => {
    const mailbox = await open();
    const [folder, other] = [given(await mailbox.createFolder("ICE Chat")), given(await mailbox.createFolder("Other"))];
    const item = withoutRefused(itemOf("one"), ["internetMessageId"]);
    const outcome = await mailbox.create(other, item);
    assert(outcome.type === "created");
    assert.deepEqual(await mailbox.findByKey(folder, item.key), { type: "absent" });
    const found = { type: "found", graphId: outcome.graphId, folderId: other };
    assert.deepEqual(await mailbox.findAnywhereByKey(item.key), found);
  });

  test(`${name}: what may no longer be sent when its turn comes is not sent`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    const item = itemOf("one");
    assert.deepEqual(await mailbox.create(folder, item, () => false), { type: "unreachable" });
    assert.deepEqual(await mailbox.findByKey(folder, item.key), { type: "absent" });
  });

  test(`${name}: what is not there is absent`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    await mailbox.create(folder, itemOf("one"));
    const other = itemOf("two");
    assert.deepEqual(await mailbox.findByMessageId(other.internetMessageId), { type: "absent" });
    assert.deepEqual(await mailbox.findByKey(folder, other.key), { type: "absent" });
    assert.deepEqual(await mailbox.findAnywhereByKey(other.key), { type: "absent" });
  });

  test(`${name}: the same item created twice is there twice: nothing but the ledger keeps it from that`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    const outcomes = [await mailbox.create(folder, itemOf("one")), await mailbox.create(folder, itemOf("one"))];
    assert.deepEqual(
      outcomes.map(({ type }) => type),
      ["created", "created"],
    );
    const keys: string[] = [];
    for await (const page of mailbox.listKeys(folder, toChatDay(sentAt))) keys.push(...given(page));
    assert.deepEqual(keys, [keyOf("one"), keyOf("one")]);
  });

  test(`${name}: an item without Message-ID and sender is found by its key alone`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    const item = withoutRefused(itemOf("one"), ["internetMessageId", "sender"]);
    assert.equal((await mailbox.create(folder, item)).type, "created");
    assert.equal((await mailbox.findByMessageId(item.internetMessageId)).type, "absent");
    assert.equal((await mailbox.findByKey(folder, item.key)).type, "found");
  });

  test(`${name}: a folder that is not there is gone`, async () => {
    const mailbox = await open();
    assert.deepEqual(await mailbox.create("no-such-folder", itemOf("one")), { type: "folder-gone" });
  });

  test(`${name}: lists the keys of one chat day, midnight to midnight in UTC`, async () => {
    const mailbox = await open();
    const folder = given(await mailbox.createFolder("ICE Chat"));
    const midnight = Date.UTC(2026, 5, 3);
    const times = {
      before: midnight - 1000,
      first: midnight,
      last: midnight + 86_399_999,
      after: midnight + 86_400_000,
    };
    for (const [word, at] of Object.entries(times)) await mailbox.create(folder, itemOf(word, at));
    const keys: string[] = [];
    for await (const page of mailbox.listKeys(folder, toChatDay(midnight))) keys.push(...given(page));
    assert.deepEqual(keys.toSorted(), [keyOf("first"), keyOf("last")].toSorted());
  });
}
