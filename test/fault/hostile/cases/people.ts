import assert from "node:assert/strict";
import { type HostileCase, type HostileKind, heavy, person, refused, taken, word } from "../hostile-case.ts";
import type { Mail } from "../mail.ts";
import { csv, csvWith, quoted, record } from "../make/csv.ts";
import { ann, bob, fileDump, joined, message, sentAt } from "../make/xml.ts";

const left = (login: string, at: number): string =>
  joined(login, at).replaceAll("ParticipantEntered", "ParticipantLeft");
const rejoining = (times: number): string =>
  Array.from({ length: times }, (_, i) => `${joined(person, sentAt + 2 * i)}${left(person, sentAt + 2 * i + 1)}`).join(
    "",
  );

const crowd = (people: number, times: number): string =>
  Array.from({ length: people * times }, (_, i) => {
    const [login, at] = [`${person}${i % people}`, sentAt + 2 * Math.floor(i / people)];
    return `${joined(login, at)}${left(login, at + 1)}`;
  }).join("");

/** A record to somebody; the mail must have a well-formed address for them (mail.ts sees to that) and show what was given. */
const toSomebody = (name: string, address: string, shown = address): HostileCase =>
  taken(
    `to ${name}`,
    "day.csv",
    () => csv(record(word, sentAt, quoted(`${bob};${address}`))),
    1,
    ([mail]) => {
      assert.ok(mail?.rows.get(mail.rows.has("To") ? "To" : "To (2)")?.includes(shown), "the given address is nowhere");
    },
  );

const addresses: HostileCase[] = [
  toSomebody("a quoted local part", `"${person} x"@other.example`),
  toSomebody("a comment in an address", `${person}(x)@other.example`),
  toSomebody("an address with a route", `<@a,@b:${person}@other.example>`),
  toSomebody("an address with a name", `${person} <x@other.example>`),
  toSomebody("an internationalised domain", `${person}@münchen.example`),
  toSomebody("an internationalised local part", `${person}日本@other.example`),
  toSomebody("an address literal", `${person}@[127.0.0.1]`),
  toSomebody("no domain", `${person}@`),
  toSomebody("no local part", `@${person}.example`),
  toSomebody("two at signs", `${person}@a@other.example`),
  toSomebody("dots in a row", `${person}..x@other.example`),
  toSomebody("a domain that begins with a hyphen", `${person}@-other.example`),
  toSomebody("a domain's label of 70 characters", `${person}@${"x".repeat(70)}.example`),
  toSomebody("a local part of 65 characters", `${person}${"x".repeat(59)}@other.example`),
  toSomebody("an address of 300 characters", `${person}@${"x.".repeat(140)}example`),
  toSomebody("an address of spaces and tabs", `${person}\t@ other.example`, `${person} @ other.example`),
  toSomebody(
    "line ends in an address",
    `${person}@other.example\r\nBcc: eve@other.example`,
    `${person}@other.example Bcc: eve@other.example`,
  ),
  toSomebody("markup for an address", `<script>${person}</script>@other.example`),
  toSomebody("a formula for an address", `=HYPERLINK("${person}")`),
  toSomebody("an Exchange address", `/o=${person}/ou=x/cn=y`),
  toSomebody("a semicolon's empty places", ";;;", "(2)".slice(3)),
  refused(
    "to an address of 1,000 characters",
    "day.csv",
    () => csv(record(word, sentAt, `${"x".repeat(1000)}@other.example`)),
    "too-long",
    { says: /column RecipientEmail/ },
  ),
  taken(
    "to nobody",
    "day.csv",
    () => csv(record(word, sentAt, "")),
    1,
    ([mail]) => assert.equal(mail?.rows.get("To"), "(nobody)"),
  ),
  taken("to oneself a hundred times", "day.csv", () => csv(record(word, sentAt, `${ann};`.repeat(100))), 1),
  taken("from nobody with an address", "day.csv", () => csv(record().replace(`ann,${ann}`, `${person} 日本 <x>,`)), 1),
];

const crowds: HostileCase[] = [
  heavy(
    taken(
      "5,000 recipients",
      "day.csv",
      () => csv(record(word, sentAt, [bob, ...Array.from({ length: 4_999 }, (_, i) => `u${i}@x.example`)].join(";"))),
      1,
      ([mail]) => {
        assert.equal(mail?.to.length, 500);
        assert.ok(mail?.rows.get("To (5000)")?.includes("u4998@x.example"), "a recipient is not in the body");
      },
    ),
  ),
  heavy(
    taken(
      "10,000 people in one room",
      "day.xml",
      () => fileDump(`${Array.from({ length: 9_997 }, (_, i) => joined(`u${i}@x.example`)).join("")}${message()}`),
      1,
      ([mail]) => {
        assert.ok(mail?.shown.includes("u9996@x.example"), "somebody who was there is not in the body");
      },
    ),
  ),
  refused(
    "100,000 people in one room",
    "day.xml",
    () => fileDump(Array.from({ length: 100_000 }, (_, i) => joined(`u${i}`)).join("")),
    "too-many",
    { says: /10000 people/ },
  ),
  heavy(taken("one person who joins 20,000 times", "day.xml", () => fileDump(`${rejoining(20_000)}${message()}`), 1)),
  heavy(taken("one person who joins 100,000 times", "day.xml", () => fileDump(`${rejoining(100_000)}${message()}`), 1)),
  heavy(taken("one person who joins 249,000 times", "day.xml", () => fileDump(`${rejoining(249_000)}${message()}`), 1)),
  heavy(taken("5,000 people who each join 45 times", "day.xml", () => fileDump(`${crowd(5_000, 45)}${message()}`), 1)),
  taken(
    "somebody who comes and goes between all of 10,000 messages",
    "day.xml",
    () =>
      fileDump(
        Array.from(
          { length: 10_000 },
          (_, i) =>
            `${joined(person, sentAt + 3 * i)}${message(`${word} ${i}`, sentAt + 3 * i + 1)}${left(person, sentAt + 3 * i + 2)}`,
        ).join(""),
      ),
    10_000,
    undefined,
    { isHeavy: true, longestInMs: 60_000 },
  ),
  refused(
    "a million joins in one room",
    "day.xml",
    () => fileDump(`${joined(person).repeat(1_000_000)}${message()}`),
    "too-many",
    { isHeavy: true, says: /joins and leaves/, longestInMs: 60_000 },
  ),
  refused(
    "250,001 people in one file",
    "day.csv",
    () =>
      csv(
        ...Array.from({ length: 25_001 }, (_, i) =>
          record(word, sentAt, Array.from({ length: 10 }, (_, j) => `u${i}.${j}@x.example`).join(";")),
        ),
      ),
    "too-many",
    { says: /250000 people/, isHeavy: true, longestInMs: 60_000 },
  ),
];

const identical = (mails: readonly Mail[]): void =>
  assert.deepEqual(
    mails.map(({ text }) => text),
    [`${word} 1`, `${word} 2`],
  );

const ids: HostileCase[] = [
  taken(
    "two messages with one id and different texts",
    "day.csv",
    () =>
      [`MessageId,${csv().split("\r\n")[0]}`, `${word},${record(`${word} 1`)}`, `${word},${record(`${word} 2`)}`].join(
        "\r\n",
      ),
    2,
    identical,
  ),
  taken(
    "two messages without ids that are the same",
    "day.csv",
    () => csv(record(), record()),
    2,
    (mails) => assert.equal(mails.length, 2),
  ),
  taken(
    "one person under two spellings",
    "day.xml",
    () => fileDump(`${joined("Ann@ACME.example")}${joined("ANN@acme.EXAMPLE ")}${message()}`),
    1,
    ([mail]) => {
      assert.doesNotMatch(mail?.rows.get("To (2)") ?? "", /ann@/i);
    },
  ),
  taken("a person called __proto__", "day.csv", () => csv(record(word, sentAt, `${bob};__proto__;constructor`)), 1),
  taken(
    "an ImId of control characters",
    "day.csv",
    () => csvWith({ RecipientImId: quoted(`${person}\u0001\u001b[31m`) }),
    1,
  ),
  taken(
    "an ImId that is one person's address under another's",
    "day.csv",
    () => csv(record().replace(`ann,${ann}`, `${bob},${ann}`)),
    1,
  ),
  taken(
    "people who differ by how their letters are composed",
    "day.csv",
    () => csv(record(word, sentAt, quoted(`${bob};zo\u00e9@x.example;zoe\u0301@x.example`))),
    1,
  ),
];

/** Names, addresses, ids, crowds. */
export const people: HostileKind = { kind: "people", cases: [...addresses, ...crowds, ...ids] };
