import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { type Attachment, itemKind, type ParsedItem, type Participant } from "../../../shared/chat/chat-item.ts";
import { feedId, imId, sha256Hex } from "../../../shared/chat/identifiers.ts";
import { toImportKey, toTupleFingerprint } from "../../../shared/chat/import-key.ts";

const feed = feedId.parse("ACME");
const hashes = ["ab", "cd"].map((byte) => sha256Hex.parse(byte.repeat(32)));

/** What gives framings trouble: separators, escapes, our own marks, halves of pairs, two forms of one letter. */
const trouble = fc.constantFrom(
  ...["\u001f", "\u001e", "\\", "\\u001f", "\\u001e", "\\\\", "#", "#1", "@", "=", "u001f", "1"],
  ...["\ud83d", "\ude42", "\ufffd", "\u{1f642}", "é", "e\u0301", "\r\n", "\n", "\r", "", "a", " "],
);
const words = fc.array(trouble, { maxLength: 4 }).map((parts) => parts.join(""));
const name = words.map((text) => `x${text}`);
const person: fc.Arbitrary<Participant> = fc.oneof(
  fc.record({
    imId: fc
      .oneof(
        name,
        name.map((text) => `@${text}`),
      )
      .map((text) => imId.parse(text)),
  }),
  fc.record({ email: name }),
);
const file: fc.Arbitrary<Attachment> = fc.record(
  {
    name,
    content: fc.constantFrom(...hashes).map((sha256) => ({ sha256, sizeInBytes: 1, blob: "drops/x" })),
    missing: fc.constantFrom("not-in-drop" as const, "deleted" as const),
  },
  { requiredKeys: ["name"] },
);
const parts = fc.record(
  {
    conversationId: words,
    messageId: words,
    kind: fc.constantFrom(...itemKind.options),
    isHistory: fc.boolean(),
    sentAt: fc.integer({ min: -5000, max: 5000 }),
    sender: person,
    text: words,
    attachments: fc.array(file, { maxLength: 2 }),
  },
  { requiredKeys: ["conversationId", "kind", "isHistory", "sentAt", "sender", "text", "attachments"] },
);
type Parts = Pick<
  ParsedItem,
  "conversationId" | "kind" | "isHistory" | "sentAt" | "sender" | "text" | "attachments"
> & {
  readonly messageId?: string;
};

function itemOf(given: Parts): ParsedItem {
  return { position: 0, offset: 0, recipients: "present", ...given };
}

function keyOf(given: Parts, occurrence = 1): string {
  return toImportKey("1", feed, itemOf(given), occurrence);
}

/** What two items must have in common to be one, field by field and without any framing. */
function identityOf({ conversationId, messageId, kind, sentAt, sender, text, attachments }: Parts, n: number): object {
  const form = (word: string): string => word.normalize("NFC");
  const who = (word: string): string => form(word).trim().toLowerCase();
  const files = attachments.map(({ name: title, content, missing }) => [
    form(title),
    content?.sha256 ?? missing ?? "nothing",
  ]);
  return {
    room: form(conversationId),
    id: messageId === undefined ? { n } : { id: form(messageId) },
    kind,
    second: Math.floor(sentAt / 1000),
    from: sender.imId === undefined ? { email: who(sender.email ?? "") } : { imId: who(sender.imId) },
    text: form(text).replace(/\r\n?/g, "\n"),
    files: files.map((one) => JSON.stringify(one)).toSorted(),
  };
}

/** Cuts the same characters into conversation and message id at two places: what a naive framing takes for one. */
const recut = fc
  .tuple(parts, fc.array(trouble, { maxLength: 6 }), fc.nat({ max: 6 }), fc.nat({ max: 6 }))
  .map(([base, pieces, first, second]): [Parts, Parts] => {
    const cut = (at: number): Parts => ({
      ...base,
      conversationId: pieces.slice(0, at).join(""),
      messageId: pieces.slice(at).join(""),
    });
    return [cut(first), cut(second)];
  });
/** Two items that differ in one field, or in none. */
const nearly = fc
  .tuple(parts, parts, fc.subarray(["conversationId", "messageId", "kind", "sentAt", "sender", "text", "attachments"]))
  .map(([one, other, fields]): [Parts, Parts] => [
    one,
    { ...one, ...Object.fromEntries(Object.entries(other).filter(([field]) => fields.slice(0, 1).includes(field))) },
  ]);

const runs = { numRuns: 2500 };

function count(t: TestContext, what: string, equal: number, cases: number): void {
  t.diagnostic(`${what}: ${cases} pairs, ${equal} of them the same item, 0 shared a key wrongly`);
}

for (const [what, pairs] of [
  ["any two items", fc.tuple(parts, parts)],
  ["items whose fields are cut from the same characters", recut],
  ["items that differ in one field", nearly],
] as const) {
  test(`the key is the same just when the item is: ${what}`, (t) => {
    let [equal, cases] = [0, 0];
    const property = fc.property(pairs, fc.constantFrom(1, 2), ([one, other], n) => {
      const isSame = isDeepStrictEqual(identityOf(one, 1), identityOf(other, n));
      cases += 1;
      if (isSame) equal += 1;
      assert.equal(keyOf(one) === keyOf(other, n), isSame);
    });
    fc.assert(property, runs);
    count(t, what, equal, cases);
  });
}

test("what n counts by is the same just when the item is, but for its id: live and history apart", () => {
  const property = fc.property(fc.oneof(nearly, recut, fc.tuple(parts, parts)), ([one, other]) => {
    const { messageId: _one, ...first } = one;
    const { messageId: _other, ...second } = other;
    const isSame = isDeepStrictEqual(identityOf(first, 1), identityOf(second, 1)) && one.isHistory === other.isHistory;
    assert.equal(toTupleFingerprint(itemOf(one)) === toTupleFingerprint(itemOf(other)), isSame);
  });
  fc.assert(property, runs);
});

test("no delivery changes a key: forms of letters and line ends, fractions of a second, names, addresses, places, order of files", () => {
  const again = fc.record({
    form: fc.constantFrom("NFC" as const, "NFD" as const),
    eol: fc.constantFrom("\n", "\r\n", "\r"),
    fraction: fc.nat({ max: 999 }),
    isLoud: fc.boolean(),
    place: fc.nat(),
    displayName: fc.string(),
  });
  const property = fc.property(parts, again, fc.nat(), (given, how, n) => {
    const { form, eol, fraction, place, displayName } = how;
    const ids = given.messageId === undefined ? {} : { messageId: given.messageId.normalize(form) };
    const said = given.sender.imId?.normalize(form);
    const loud = said === undefined ? undefined : imId.parse(how.isLoud ? ` ${said.toUpperCase()}` : said);
    const sender = loud === undefined ? given.sender : { imId: loud, email: displayName };
    const redelivered: ParsedItem = {
      ...itemOf(given),
      ...ids,
      position: place,
      offset: place,
      room: displayName,
      isHistory: !given.isHistory,
      refersTo: displayName,
      recipients: [{ email: displayName }],
      conversationId: given.conversationId.normalize(form),
      sentAt: Math.floor(given.sentAt / 1000) * 1000 + fraction,
      sender: { ...sender, displayName, firm: displayName },
      text: given.text.replace(/\r\n?|\n/g, eol).normalize(form),
      attachments: given.attachments.toReversed().map((one) => ({ ...one, name: one.name.normalize(form) })),
    };
    assert.equal(toImportKey("1", feed, redelivered, n), toImportKey("1", feed, itemOf(given), n));
  });
  fc.assert(property, runs);
});

test("another rule, another feed, another count makes another key", () => {
  const property = fc.property(parts, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (given, one, other) => {
    const { messageId: _, ...nameless } = given;
    assert.equal(keyOf(nameless, one) === keyOf(nameless, other), one === other);
    const keys = [
      toImportKey("1", feed, itemOf(given), 1),
      toImportKey("2", feed, itemOf(given), 1),
      toImportKey("1", feedId.parse("ACME2"), itemOf(given), 1),
    ];
    assert.equal(new Set(keys).size, 3);
  });
  fc.assert(property, { numRuns: 1000 });
});
