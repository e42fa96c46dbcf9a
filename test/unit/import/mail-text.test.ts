import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { imId } from "../../../shared/chat/identifiers.ts";
import type { Person } from "../../../shared/chat/people.ts";
import { toUtcTime, toZoneTime } from "../../../shared/import/chat-time.ts";
import { toCorrespondent } from "../../../shared/import/correspondent.ts";
import { cutLine, escapeHtml, toMailLine, toMailText } from "../../../shared/import/mail-text.ts";
import { keyOfMessageId, toInternetMessageId } from "../../../shared/import/message-ids.ts";
import { toSubject } from "../../../shared/import/subject.ts";
import { chatLineOf, ids, keyOf } from "../../support/import-world.ts";

const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 400 });

test("whatever people wrote becomes text that mail can carry, and each replaced character is counted", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { text: carried, replaced } = toMailText(text);
      assert(carried.isWellFormed());
      const codes = Array.from(carried, (character) => character.codePointAt(0) ?? 0);
      assert(codes.every((code) => code === 9 || code === 10 || (code >= 32 && code !== 0xfffe && code !== 0xffff)));
      const marks = (some: string) => some.split("\ufffd").length - 1;
      assert.equal(marks(carried) - marks(text), replaced);
    }),
  );
});

test("line ends become one, tabs and line feeds stay, whole surrogate pairs stay", () => {
  assert.deepEqual(toMailText("a\r\nb\rc\n\td\u{1f600}"), { text: "a\nb\nc\n\td\u{1f600}", replaced: 0 });
  assert.deepEqual(toMailText("\ud83d"), { text: "\ufffd", replaced: 1 });
  assert.deepEqual(toMailText("\ude00\ud83d"), { text: "\ufffd\ufffd", replaced: 2 });
});

test("a cut line is never longer than asked and never cut inside what one sees as a character", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 300 }), (text, length) => {
      const cut = cutLine(toMailLine(text), length);
      assert(cut.length <= length);
      assert(cut.isWellFormed());
    }),
  );
  const family = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}";
  assert.equal(cutLine(`ab${family}cd`, 6), "ab…");
  assert.equal(cutLine("e\u0301e\u0301e\u0301", 4), "e\u0301…");
  assert.equal(cutLine("short", 5), "short");
});

test("escaped text holds no markup and can be read back", () => {
  assert.equal(escapeHtml(`<a href="x">'&amp;'`), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;");
});

const person = (name: string) => ({ name, address: `${name}@x.example`, also: [] });

test("a subject is at most 255 units long, one line, with room or people and the start of the text", () => {
  fc.assert(
    fc.property(anyText, anyText, fc.array(anyText, { maxLength: 9 }), (room, text, names) => {
      const people = { sender: person("s"), recipients: names.map((name) => person(toMailLine(name))) };
      const subject = toSubject(chatLineOf("a", { room, text }), people);
      assert(subject.length <= 255);
      assert(subject.isWellFormed());
      assert(!/[\r\n\t]/.test(subject));
      assert(subject.startsWith("ICE Chat: "));
    }),
  );
  const people = { sender: person("Ann"), recipients: ["Bob", "Cy", "Di", "Ed"].map(person) };
  assert.equal(toSubject(chatLineOf("a"), people), "ICE Chat: Ann, Bob, Cy and 2 more - text of a");
  assert.equal(toSubject(chatLineOf("a", { text: " \n" }), people), "ICE Chat: Ann, Bob, Cy and 2 more - (no text)");
  const file = chatLineOf("a", { kind: "file", text: "", attachments: [{ name: "deal.pdf" }] });
  assert.equal(toSubject(file, people), "ICE Chat: Ann, Bob, Cy and 2 more - File: deal.pdf");
  assert.equal(toSubject(chatLineOf("a", { text: "x".repeat(900) }), people).length, 255);
});

const named = (participant: Person["participant"]): Person => ({ participant });

test("everybody has a well-formed address, and different people have different ones", () => {
  const cases: [Person["participant"], string][] = [
    [{ email: "roe@bank.example" }, "roe@bank.example"],
    [{ imId: imId.parse("roe@bank.example"), email: "not an address" }, "roe@bank.example"],
    [{ imId: imId.parse("fstrouds17") }, "fstrouds17@icechat.invalid"],
    [{ imId: imId.parse("a b"), email: "two@at@signs" }, "a.b.c8687a08aa5d6ed2@icechat.invalid"],
    [{ email: "dots..dots@x.example" }, "dots.dots.x.example.55c1402b54555d6f@icechat.invalid"],
    [{ imId: imId.parse("日本") }, "unknown.cf2abf0c5be326cb@icechat.invalid"],
  ];
  for (const [participant, address] of cases) {
    assert.equal(toCorrespondent(named(participant)).address, address);
  }
  const all = ["a b", "a.b", "a  b", "A B", "a_b", "", "日本", "日米"].map(
    (id) => toCorrespondent(named(id === "" ? {} : { imId: imId.parse(id) })).address,
  );
  assert.equal(new Set(all).size, all.length);
  fc.assert(
    fc.property(anyText, (text) => {
      const { address } = toCorrespondent(named({ email: text }));
      assert.match(address, /^(?!.*[<>,;"])[\x21-\x3f\x41-\x7e]+@[a-z\d.-]+$/i);
      assert(address.indexOf("@") <= 64);
    }),
  );
});

test("what the chat says of somebody is kept beside what the directory says", () => {
  const { name, address, also } = toCorrespondent({
    participant: { imId: imId.parse("jd"), email: "j@ice.example", displayName: "JD", firm: "Acme" },
    mailbox: { id: ids.mailbox, address: "jane@acme.example", displayName: "Jane Doe", via: "mapping" },
  });
  assert.deepEqual(
    { name, address, also },
    { name: "Jane Doe", address: "jane@acme.example", also: ["JD", "j@ice.example", "ImId jd", "Acme"] },
  );
});

test("a key is read out of our Message-IDs and out of no other", () => {
  const id = toInternetMessageId(keyOf("a"), ids.feed);
  assert.equal(keyOfMessageId(id), keyOf("a"));
  assert.equal(keyOfMessageId(id.replace("invalid", "example")), undefined);
  assert.equal(keyOfMessageId("<x@y>"), undefined);
});

test("times are told in UTC and in a zone, summer and winter", () => {
  assert.equal(toUtcTime(Date.UTC(2026, 0, 2, 3, 4, 5)), "2026-01-02 03:04:05 UTC");
  assert.equal(
    toZoneTime(Date.UTC(2026, 0, 2, 3, 4, 5), "America/New_York"),
    "2026-01-01 22:04:05 GMT-5 (America/New_York)",
  );
  assert.equal(
    toZoneTime(Date.UTC(2026, 6, 2, 0, 0, 0), "Asia/Kolkata"),
    "2026-07-02 05:30:00 GMT+5:30 (Asia/Kolkata)",
  );
  assert.equal(
    toZoneTime(Date.UTC(2026, 6, 1, 23, 0, 0), "Europe/London"),
    "2026-07-02 00:00:00 GMT+1 (Europe/London)",
  );
});
