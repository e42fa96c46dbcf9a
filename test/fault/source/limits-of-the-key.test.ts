import assert from "node:assert/strict";
import { test } from "node:test";
import { toStoredZip } from "../../../local/sample/stored-zip.ts";
import { connectorName, feedId } from "../../../shared/chat/identifiers.ts";
import { connectorOf, dropOf } from "../../support/pipeline-world.ts";
import { oids, siteMorning } from "../../support/small-drop.ts";
import { type Said, toActiance, toCsv } from "./chat-files.ts";
import { deliver, saidIn, worldOf } from "./deliveries.ts";

// The limits that docs/adr/0003-import-key.md states, by its numbers: each is to be just what it says, and no more.

const noon = Date.UTC(2026, 5, 3, 12);
const base: Said = { room: "gas", id: "m1", from: "ann", at: noon, text: "50 lots" };
const ok: Said = { room: "gas", from: "ann", at: noon, text: "ok" };

/** Delivers each list as a file of its own; the texts that bob then has. */
async function textsAfter(...files: readonly (readonly Said[])[]): Promise<string[]> {
  const world = await worldOf();
  for (const [n, said] of files.entries()) await deliver(world, [`${n}.csv`, toCsv(said)]);
  return saidIn(world, oids.bob);
}

test("1: a text, a second, a kind or a room that was changed is a new item, and the first one stays", async () => {
  assert.deepEqual(await textsAfter([base], [{ ...base, text: "55 lots" }]), ["50 lots", "55 lots"]);
  assert.deepEqual(await textsAfter([base], [{ ...base, at: noon + 1000 }]), ["50 lots", "50 lots"]);
  assert.deepEqual(await textsAfter([base], [{ ...base, room: "oil" }]), ["50 lots", "50 lots"]);
  assert.deepEqual(await textsAfter([base], [{ ...base, at: noon + 999 }]), ["50 lots"]);
});

test("2: messages that get ids, or other ids, with a later delivery are imported once more", async () => {
  const { id: _, ...nameless } = base;
  assert.deepEqual(await textsAfter([nameless], [base]), ["50 lots", "50 lots"]);
  assert.deepEqual(await textsAfter([base], [{ ...base, id: "m2" }]), ["50 lots", "50 lots"]);
});

test("3: an attachment whose bytes come only with the second delivery makes its item a new one; with the same bytes it is the same", async () => {
  const world = await worldOf();
  const at = noon / 1000;
  const chat = (note: string): Buffer =>
    Buffer.from(
      `<FileDump>${note}<Conversation Perspective="x"><RoomID>gas</RoomID><StartTimeUTC>${at}</StartTimeUTC>` +
        ["ann", "bob"]
          .map(
            (name) =>
              `<ParticipantEntered><LoginName>${name}</LoginName><DateTimeUTC>${at}</DateTimeUTC>` +
              `<CorporateEmailID>${name}@acme.example</CorporateEmailID></ParticipantEntered>`,
          )
          .join("") +
        `<FileTransferStarted><LoginName>ann</LoginName><DateTimeUTC>${at}</DateTimeUTC><FileName>q.txt</FileName></FileTransferStarted>` +
        `<FileTransferEnded><LoginName>ann</LoginName><DateTimeUTC>${at}</DateTimeUTC><FileName>q.txt</FileName><Status>Completed</Status></FileTransferEnded>` +
        `<EndTimeUTC>${at + 60}</EndTimeUTC></Conversation></FileDump>`,
    );
  const withBytes = { name: "q.txt", bytes: Buffer.from("figures") };
  await deliver(world, ["1.zip", toStoredZip([{ name: "chat.xml", bytes: chat("") }])]);
  assert.equal(world.mailboxOf(oids.bob).items.length, 1);
  await deliver(world, ["2.zip", toStoredZip([{ name: "chat.xml", bytes: chat("") }, withBytes])]);
  assert.equal(world.mailboxOf(oids.bob).items.length, 2);
  await deliver(world, ["3.zip", toStoredZip([{ name: "chat.xml", bytes: chat("<!-- again -->") }, withBytes])]);
  assert.equal(world.mailboxOf(oids.bob).items.length, 2);
  assert.equal((await world.report(dropOf(3))).equation.skipped, 2);
});

test("4: identical records without an id count as two within one flat file, as one in two files", async () => {
  assert.deepEqual(await textsAfter([ok, ok]), ["ok", "ok"]);
  assert.deepEqual(await textsAfter([ok], [ok, { ...ok, text: "fine" }]), ["fine", "ok"]);
});

test("5: in a filedump they count as two within one conversation element, as one in two elements of one room", async () => {
  const elsewhere = { ...ok, room: "oil", text: "between" };
  const textsOf = async (said: readonly Said[]): Promise<string[]> => {
    const world = await worldOf();
    await deliver(world, ["a.xml", toActiance(said)]);
    assert.equal((await world.report(dropOf(1))).isBalanced, true);
    return saidIn(world, oids.bob);
  };
  assert.deepEqual(await textsOf([ok, ok, elsewhere]), ["between", "ok", "ok"]);
  assert.deepEqual(await textsOf([ok, elsewhere, ok]), ["between", "ok"]);
});

test("6: a file that repeats the end of a run of identical records loses nothing; a new one like them that it also brings is taken for one of them", async () => {
  const mark = (text: string): Said => ({ ...ok, at: noon + 5000, text });
  assert.deepEqual(await textsAfter([ok, ok, ok], [ok, ok, mark("later")]), ["later", "ok", "ok", "ok"]);
  // Three were sent, then two of them and a fourth: the fourth is the stated loss, as good as any of the three.
  assert.deepEqual(await textsAfter([ok, ok, ok], [ok, ok, ok, mark("later")]), ["later", "ok", "ok", "ok"]);
  // A run that a later file has longer than before is imported to its end.
  assert.deepEqual(await textsAfter([ok, ok], [ok, ok, ok]), ["ok", "ok", "ok"]);
});

test("7: one message id twice, with the same room, second, sender and text, is one item; with any other text it is two", async () => {
  assert.deepEqual(await textsAfter([base, base]), ["50 lots"]);
  assert.deepEqual(await textsAfter([base, { ...base, text: "no" }]), ["50 lots", "no"]);
});

test("8: senders whose ImIds differ in case only are one", async () => {
  const world = await worldOf();
  await deliver(world, ["a.csv", toCsv([base])], ["b.csv", toCsv([base], { isLoud: true })]);
  assert.deepEqual(saidIn(world, oids.bob), ["50 lots"]);
});

test("9: two feeds that deliver one room are two sources", async () => {
  const world = await worldOf();
  const name = connectorName.parse("other");
  await deliver(world, ["a.csv", toCsv([base])]);
  world.siteOf(name).put("/out/a.csv", toCsv([base]), siteMorning);
  await world.save(connectorOf({ name, feed: feedId.parse("OTHER") }));
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.bob), ["50 lots", "50 lots"]);
});
