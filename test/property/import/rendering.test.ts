import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ChatLine } from "../../../shared/chat/chat-item.ts";
import { imId, toChatDay } from "../../../shared/chat/identifiers.ts";
import type { People, Person } from "../../../shared/chat/people.ts";
import { draftItem, type ItemContext, toEmailItem } from "../../../shared/import/email-item.ts";
import { toMailLine, toMailText } from "../../../shared/import/mail-text.ts";
import { toMail } from "../../fault/hostile/mail.ts";
import { attachmentOf, chatLineOf, ids } from "../../support/import-world.ts";

/** Any UTF-16, halves of pairs included, and what gives headers, HTML and readers trouble. */
const trouble = fc.constantFrom(
  ...[
    "<",
    ">",
    "&",
    '"',
    "'",
    "<script>",
    "</td>",
    "&amp;",
    "]]>",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "\0",
    "\u0001",
    "\u007f",
    "\u0085",
    "\u009f",
  ],
  ...[
    "\u2028",
    "\u2029",
    "\u202e",
    "\u202a",
    "\u202c",
    "\u2066",
    "\u2067",
    "\u2069",
    "\u200b",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\ud83d",
    "\ude00",
    "😀",
    "e\u0301",
  ],
  ...["javascript:", "=cmd|", "@", "a@b.example", ";", ",", "\\", "../", "  "],
);
const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
const any = (maxLength: number) =>
  fc.array(fc.oneof(trouble, unit, fc.string({ maxLength: 5 })), { maxLength }).map((parts) => parts.join(""));
const name = any(12).map((text) => text.slice(0, 256));

const person = fc
  .record({
    imId: fc.option(name, { nil: undefined }),
    email: fc.option(name, { nil: undefined }),
    displayName: fc.option(name, { nil: undefined }),
    firm: fc.option(name, { nil: undefined }),
  })
  .map(
    ({ imId: id, email, displayName, firm }): Person => ({
      participant: {
        ...(id === undefined || id === "" ? {} : { imId: imId.parse(id) }),
        ...(email === undefined ? {} : { email }),
        ...(displayName === undefined ? {} : { displayName }),
        ...(firm === undefined ? {} : { firm }),
      },
    }),
  );

const line = fc
  .record({
    text: any(30),
    room: fc.option(name, { nil: undefined }),
    messageId: fc.option(name, { nil: undefined }),
    refersTo: fc.option(name, { nil: undefined }),
    conversationId: name,
    kind: fc.constantFrom(
      "message" as const,
      "edit" as const,
      "delete" as const,
      "file" as const,
      "disclaimer" as const,
    ),
    isHistory: fc.boolean(),
    sentAt: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
    files: fc.array(name, { maxLength: 3 }),
    to: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 5 }),
  })
  .map(
    ({ room, messageId, refersTo, files, ...given }): ChatLine => ({
      ...chatLineOf("x", given),
      ...(room === undefined ? {} : { room }),
      ...(messageId === undefined ? {} : { messageId }),
      ...(refersTo === undefined ? {} : { refersTo }),
      attachments: files.map((name) => attachmentOf(name, Buffer.from("bytes"))),
    }),
  );

const persons = fc.array(person, { minLength: 5, maxLength: 5 });

function contextOf(people: readonly Person[]): ItemContext {
  const all: People = { v: 1, drop: ids.drop, gen: 1, persons: [...people], files: { [ids.file]: [0, 1, 2, 3, 4] } };
  const facts = {
    feed: ids.feed,
    zone: "Europe/London",
    itemClass: "IPM.Note",
    withAttachments: true,
    recipientCap: 500,
    evidenceOf: () => "evidence/x",
  };
  return { drop: ids.drop, people: all, facts };
}

/** The item as a strict parser reads it. It throws where HTML, a header or an address is not as it must be. */
function mailOf(item: ChatLine, people: readonly Person[]) {
  const draft = draftItem({ file: ids.file, chatDay: toChatDay(item.sentAt), item }, contextOf(people));
  const bytes = draft.attachments.filter(({ isInline }) => isInline).map(() => Buffer.from("bytes"));
  const built = toEmailItem(draft, bytes);
  assert.ok(built !== "too-large");
  return toMail(built.message);
}

test("whatever somebody writes, the body is well formed, shows all of it, and holds nothing that runs", () => {
  fc.assert(
    fc.property(line, persons, (item, people) => {
      const mail = mailOf(item, people);
      const { text, replaced } = toMailText(item.text);
      assert.equal(mail.text, text === "" ? "(no text)" : text);
      assert.ok(replaced === 0 || mail.shown.includes(`cannot carry stand as \ufffd: ${replaced}.`));
    }),
    { numRuns: 400 },
  );
});

test("rooms, ids, names and files are shown, each on one line", () => {
  fc.assert(
    fc.property(line, persons, (item, people) => {
      const mail = mailOf(item, people);
      if (item.room !== undefined) assert.equal(mail.rows.get("Room"), toMailLine(item.room));
      if (item.messageId !== undefined) assert.ok(mail.shown.includes(`Message: ${toMailLine(item.messageId)}\n`));
      assert.ok(mail.shown.includes(`Conversation: ${toMailLine(item.conversationId)}\n`));
      for (const { name } of item.attachments)
        assert.ok(mail.shown.includes(`${toMailLine(name)} - 5 bytes - SHA-256`));
      assert.equal(mail.attachments.length, item.attachments.length);
      const { displayName, email, firm } = people[item.from]?.participant ?? {};
      for (const given of [displayName, email, firm]) {
        const shown = toMailLine(given ?? "");
        assert.ok(
          mail.rows.get("From")?.toLowerCase().includes(shown.toLowerCase()),
          `the sender's ${JSON.stringify(given)} is not shown`,
        );
      }
    }),
    { numRuns: 400 },
  );
});

test("subjects keep to 255 units of one line, whole characters and closed directions", () => {
  fc.assert(
    fc.property(line, persons, (item, people) => {
      const { subject } = mailOf(item, people);
      assert.ok(subject.startsWith("ICE Chat: "));
      const outside = withoutIsolates(subject);
      const opened = outside.match(/[\u202a\u202b\u202d\u202e\u2066-\u2068]/g)?.length ?? 0;
      const closed = outside.match(/\u202c/g)?.length ?? 0;
      assert.ok(closed >= opened, "something goes on behind the subject");
    }),
    { numRuns: 400 },
  );
});

/** What is left when each isolate that ends is gone: its end ends what was begun in it, too (Unicode Standard Annex 9, X6a). */
function withoutIsolates(text: string): string {
  const left = text.replaceAll(/[\u2066-\u2068][^\u2066-\u2069]*\u2069/g, "");
  return left === text ? text : withoutIsolates(left);
}

test("different people have different addresses, whatever they are called", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        // Halves of surrogate pairs come through no parser, and a hash of UTF-8 cannot tell them apart.
        name.map((id) => id.toWellFormed()).filter((id) => id !== ""),
        { minLength: 5, maxLength: 5, selector: (id) => id.normalize("NFC") },
      ),
      (names) => {
        const people = names.map((id): Person => ({ participant: { imId: imId.parse(id) } }));
        const { from, to } = mailOf(chatLineOf("x", { to: [1, 2, 3, 4] }), people);
        const isOwn = (address: string) => address.endsWith("@icechat.invalid");
        const placeholders = [from, ...to].filter(isOwn);
        assert.equal(new Set(placeholders).size, placeholders.length);
      },
    ),
    { numRuns: 400 },
  );
});
