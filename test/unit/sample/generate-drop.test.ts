import assert from "node:assert/strict";
import { test } from "node:test";
import { generateDrop } from "../../../local/sample/generate-drop.ts";
import { isSampleFormat } from "../../../local/sample/sample-formats.ts";
import { itemsOf, readCsv, readXml } from "./chat-file.ts";
import { readSample } from "./read-sample.ts";

const actiance = generateDrop();
const flat = generateDrop({ format: "flat-csv" });

test("a day has several drop files in the night after it, none of them empty", async () => {
  assert.deepEqual(
    actiance.files.map(({ name }) => name.replace(/.*_/, "")),
    ["01.zip", "02.xml", "03.xml1", "03.xml2"],
  );
  assert.deepEqual(
    flat.files.map(({ name }) => name.replace(/.*_/, "")),
    ["01.zip", "02.csv", "03.csv"],
  );
  assert.equal(actiance.siteDay, "2026-06-04");
  for (const file of [...actiance.files, ...flat.files]) {
    assert.match(new Date(file.modifiedAt).toISOString(), /^2026-06-04T00:3\d/);
    assert.ok((await readSample(file)).text.length > 1_000);
  }
});

test("the XML tells joins and leaves where they happen, or all joins first and all leaves last", async () => {
  const files = await Promise.all(actiance.files.map(readSample));
  const shapes = files
    .flatMap(({ text }) => readXml(text))
    .map(({ events }) => {
      const names = events.map(({ name }) => name).filter((name) => /^Participant|^Message$/.test(name));
      return /^(ParticipantEntered )+(Message )+(ParticipantLeft ?)+$/.test(names.join(" "))
        ? "joins-first"
        : "by-time";
    });
  assert.deepEqual([...new Set(shapes)].toSorted(), ["by-time", "joins-first"]);
});

test("the XML has every kind of update, both ends of transfers and both sorts of epoch", async () => {
  const files = await Promise.all(actiance.files.map(readSample));
  const events = files.flatMap(({ text }) => readXml(text)).flatMap(({ events: list }) => list);
  const valuesOf = (field: string): Set<string | undefined> => new Set(events.map(({ fields }) => fields.get(field)));
  for (const type of ["EditedOriginalMsg", "EditedNewMsg", "UpdatedNoMsgChange", "Deleted"]) {
    assert.ok(valuesOf("UpdatedType").has(type), type);
  }
  assert.deepEqual(valuesOf("Status"), new Set(["Completed", "Failed", undefined]));
  const lengths = new Set(events.map(({ fields }) => fields.get("DateTimeUTC")?.length));
  lengths.delete(undefined);
  assert.deepEqual(lengths, new Set([10, 13]));
});

test("the files that conversations tell of lie beside the XML with the hash that is expected", async () => {
  const [zip] = actiance.files;
  assert.ok(zip !== undefined);
  const { besides } = await readSample(zip);
  const { createHash } = await import("node:crypto");
  const hashes = [...besides.values()].map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  const expected = [...actiance.expected.items()].flatMap(({ attachments }) =>
    attachments.flatMap(({ sha256 }) => sha256 ?? []),
  );
  assert.deepEqual(hashes.toSorted(), expected.toSorted());
  assert.ok(hashes.length > 3);
});

test("attachments of every fate are expected: inline, too large, without bytes", () => {
  for (const drop of [actiance, flat]) {
    const files = [...drop.expected.items()].flatMap(({ attachments }) => attachments);
    assert.ok(files.some(({ isInline }) => isInline));
    assert.ok(files.some(({ isInline, sizeInBytes = 0 }) => !isInline && sizeInBytes > 3_000_000));
    assert.ok(files.some(({ isInline, sha256 }) => !isInline && sha256 === undefined));
    assert.ok(
      files.every(
        ({ isInline, sha256, sizeInBytes = 0 }) => !isInline || (sha256 !== undefined && sizeInBytes < 3_000_000),
      ),
    );
  }
});

test("a flat-csv holds attachments as base64 and as names of files beside it", async () => {
  const files = await Promise.all(generateDrop({ format: "flat-csv", messages: 6_000 }).files.map(readSample));
  const rows = files.flatMap(({ text }) => readCsv(text)).filter(({ Attachment }) => Attachment !== "");
  assert.ok(rows.some(({ AttachmentContent = "" }) => AttachmentContent.length > 1_000));
  const besides = new Set(files.flatMap((file) => [...file.besides.keys()]));
  assert.ok(rows.some(({ Attachment = "" }) => besides.has(Attachment)));
  assert.ok(
    rows.some(({ Attachment = "", AttachmentContent }) => AttachmentContent === "" && !besides.has(Attachment)),
  );
});

test("rows of a flat-csv name just the expected recipients", async () => {
  const files = await Promise.all(flat.files.map(readSample));
  for (const [file, { text }] of files.entries()) {
    const items = new Map(
      [...flat.expected.items()].filter((item) => item.file === file).map((item) => [item.messageId, item]),
    );
    for (const row of readCsv(text)) {
      const item = items.get(row["MessageId"]);
      if (item?.messageId === undefined) continue;
      const lists = [row["RecipientEmail"] ?? "", row["RecipientImId"] ?? ""].map((list) => list.split(";").length);
      assert.equal(Math.max(...lists), Math.max(item.recipients.length, 1));
      assert.equal(row["Text"], item.text);
    }
  }
});

test("every kind of person appears, with the mailbox or the reason that the rules give", () => {
  const mappings = actiance.expected.summary().mappings;
  const outcomes = new Map(mappings.map(({ member, via, unmapped }) => [member.kind, via ?? unmapped]));
  assert.deepEqual(Object.fromEntries(outcomes), {
    alias: "email",
    both: "mapping",
    "both-differ": "mapping",
    csv: "mapping",
    "csv-disabled": "email",
    "csv-wrong": "email",
    "csv-wrong-only": "mapping-names-no-mailbox",
    guest: "no-mailbox",
    "imid-in-other-case": "mapping",
    "imid-is-email": "mapping",
    mail: "email",
    "mailbox-disabled": "no-mailbox",
    "mailbox-none": "no-mailbox",
    "no-address": "no-address",
    outsider: "unknown-user",
    "outsider-imid-is-email": "unknown-user",
    "outsider-without-email": "no-address",
    proxy: "email",
    "unknown-address": "unknown-user",
    upn: "email",
  });
});

test("the mapping and the directory lead to the mailboxes that are expected", () => {
  for (const { directory, mapping, expected } of [actiance, flat]) {
    const byAddress = new Map(
      directory.flatMap(({ id, userPrincipalName, mail, proxyAddresses, mailbox }) =>
        [userPrincipalName, mail ?? "", ...proxyAddresses.map((address) => address.replace(/^smtp:/i, ""))].map(
          (address) => [address.toLowerCase(), mailbox === "ok" ? id : undefined],
        ),
      ),
    );
    const rows = readCsv(mapping);
    const byImId = new Map(
      rows.map(({ ImId = "", Mailbox = "" }) => [ImId.normalize("NFC").toLowerCase(), Mailbox.toLowerCase()]),
    );
    assert.equal(byImId.size, rows.length, "no ImId twice");
    for (const { member, userId } of expected.summary().mappings) {
      const imIds = member.spellings.map((spelling) => spelling.normalize("NFC").toLowerCase());
      assert.equal(new Set(imIds).size, 1, "one person, whatever the spelling");
      const named = byAddress.get(byImId.get(imIds[0] ?? "") ?? "");
      assert.equal(named ?? byAddress.get((member.email ?? "").toLowerCase()), userId, member.kind);
    }
  }
});

test("mailboxes of bystanders, of former addresses and of the disabled expect nothing", () => {
  const { mailboxes } = actiance.expected.summary();
  const idle = actiance.directory.filter(
    ({ displayName, mailbox }) => /^Bystander|\(former\)$/.test(displayName) || mailbox !== "ok",
  );
  assert.ok(idle.length >= 5);
  assert.deepEqual(
    idle.filter(({ id }) => mailboxes.has(id)),
    [],
  );
});

test("an item is in the mailboxes of its sender and its recipients and in no other", () => {
  for (const item of actiance.expected.items()) {
    const users = [item.sender, ...item.recipients].flatMap(({ userId }) => userId ?? []);
    assert.deepEqual([...item.mailboxes].toSorted(), [...new Set(users)].toSorted());
  }
});

test("a conversation that two files have is expected once", () => {
  const items = [...actiance.expected.items()].filter(({ conversationId }) => conversationId.endsWith("-H000001"));
  assert.deepEqual([items.length, items.filter(({ isRepeat }) => isRepeat).length], [20, 10]);
  assert.deepEqual(new Set(items.map(({ file }) => file)), new Set([0, 1]));
  const arrived = [...actiance.expected.mailboxes().values()]
    .flat()
    .filter(({ conversationId }) => conversationId.endsWith("-H000001"));
  assert.ok(arrived.length > 0 && arrived.every(({ isRepeat }) => !isRepeat));
});

test("words at midnight fall on two UTC dates", () => {
  const { expected } = generateDrop({ zone: "America/New_York" });
  const dates = new Set([...expected.items()].map(({ sentAt }) => new Date(sentAt).toISOString().slice(0, 10)));
  assert.deepEqual([...dates].toSorted(), ["2026-06-03", "2026-06-04"]);
});

test("the XML's items are as many as expected, file by file", async () => {
  for (const [file, drop] of actiance.files.entries()) {
    const { text } = await readSample(drop);
    const expected = [...actiance.expected.items()].filter((item) => item.file === file);
    assert.equal(itemsOf(readXml(text)).length, expected.length);
  }
});

test("options that make no sample are refused", () => {
  assert.throws(() => generateDrop({ messages: 0 }), /1 or more/);
  assert.throws(() => generateDrop({ users: Number.NaN }), /1 or more/);
  assert.throws(() => generateDrop({ day: "today" }), /2026-06-03/);
  assert.equal(isSampleFormat("toString"), false);
});
