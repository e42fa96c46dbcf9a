import assert from "node:assert/strict";
import { test } from "node:test";
import { itemKind, type ParsedItem } from "../../../shared/chat/chat-item.ts";
import { feedId, imId, sha256Hex } from "../../../shared/chat/identifiers.ts";
import { importKeyRule, toImportKey, toTupleFingerprint } from "../../../shared/chat/import-key.ts";

const feed = feedId.parse("ACME");

function itemOf(given: Partial<ParsedItem> = {}): ParsedItem {
  return {
    position: 0,
    offset: 0,
    conversationId: "room-7",
    messageId: "m-1",
    kind: "message",
    isHistory: false,
    sentAt: Date.UTC(2026, 5, 3, 14, 5, 9),
    sender: { imId: imId.parse("jdoe") },
    recipients: "present",
    text: "Hello",
    attachments: [],
    ...given,
  };
}

function without(item: ParsedItem, name: "messageId"): ParsedItem {
  const { [name]: _, ...others } = item;
  return others;
}

const attached = { sha256: sha256Hex.parse("ab".repeat(32)), sizeInBytes: 1, blob: "drops/x" };

/**
 * Made by another program, after the rule in words. They must never change: with other keys everything that was ever
 * imported would be imported once more.
 */
const golden: readonly [string, ParsedItem, number, string][] = [
  ["a message with an id", itemOf(), 1, "m17la5QmanvmtnZKAJ2XBuRtCJyMQm23kwZjp3EP8T0"],
  ["a message without, the first", without(itemOf(), "messageId"), 1, "X1d-iarn15NuuGLsozlRStDUtnd-oX-SYzsP2mKaaFo"],
  ["a message without, the second", without(itemOf(), "messageId"), 2, "zK-YOs4YIdRzWZyAeN4f2Ml_f84uEwb9l-ZeTmL6KVc"],
  [
    "an edit, with other forms of the same letters and line ends",
    itemOf({
      messageId: "m-2",
      kind: "edit",
      sender: { imId: imId.parse("ZOE\u0308") },
      text: "Gru\u0308n\r\nzweite\rdritte",
    }),
    1,
    "1THNkwjjNTpZRwOsC4UNvsOYj-0Qux4BylGKeFTArfg",
  ],
  [
    "a file, one of two with its bytes",
    itemOf({
      messageId: "m-3",
      kind: "file",
      text: "",
      attachments: [
        { name: "b.pdf", content: attached },
        { name: "a.txt", missing: "not-in-drop" },
      ],
    }),
    1,
    "kvLkzcCf03g6XsVkIdAU3FVaUs3spWtg6sGQseCcdGU",
  ],
  [
    "a disclaimer of somebody known by address",
    itemOf({
      messageId: "m-4",
      kind: "disclaimer",
      sender: { email: " Jane@ACME.example" },
      text: "*** ACME Disclaimer: none \u{1f600}",
    }),
    1,
    "Kv6Cxg0eDHUFxJWIMXVrO6zz5sVpqzLDzPHITWOtMuw",
  ],
  [
    "a deletion before 1970, in a room whose id holds the separator",
    itemOf({ conversationId: "a\\b\u001fc", messageId: "m-5", kind: "delete", sentAt: -400, text: "" }),
    1,
    "Q29DbARjOaV1Xv4YOGWffHCBD9r-EkJUgKXeHPrNhKs",
  ],
  [
    "a message that an export repeats as history: that of the live one",
    itemOf({ isHistory: true }),
    1,
    "m17la5QmanvmtnZKAJ2XBuRtCJyMQm23kwZjp3EP8T0",
  ],
  [
    "an edit without an id",
    without(itemOf({ kind: "edit", text: "Hello, all" }), "messageId"),
    1,
    "3_rteOmoyqVyIFn5d116Q9BUbu_aasjI7cXSGpUk41U",
  ],
  [
    "a deletion without an id",
    without(itemOf({ kind: "delete", text: "" }), "messageId"),
    1,
    "TCTb8gpyvDFf2gtkZPS5GMfkM2B9a5xSYrrjn0a-3DE",
  ],
  [
    "a file without an id",
    without(itemOf({ kind: "file", text: "", attachments: [{ name: "q1.xlsx", content: attached }] }), "messageId"),
    1,
    "2cfuCeXqHvCqgu6yIkIWLmraafitYpkgvaRzOZLsuVg",
  ],
  [
    "a disclaimer without an id, the third",
    without(itemOf({ kind: "disclaimer", text: "*** ACME Disclaimer: none" }), "messageId"),
    3,
    "0YN9hfhynT3tJf_NDvFHNMwq7-OHmXTHCis-cNGmgIA",
  ],
  [
    "a message with files whose names hold the separators, one of them twice",
    itemOf({
      messageId: "m-6",
      text: "see both",
      attachments: [
        { name: "a\u001eb=.txt", content: attached },
        { name: "c\u001f\\.txt", missing: "transfer-failed" },
        { name: "a\u001eb=.txt", content: attached },
      ],
    }),
    1,
    "S1M90wfpvKcsSFvp4QojgWi_FiQyFpkpmnsDYQYa70I",
  ],
  [
    "a message whose id looks like a count",
    itemOf({ messageId: "#1" }),
    1,
    "o6poTSNlIATcTatTmHOu6Dt1GBxMsvOjZ_HCmm68fL0",
  ],
  [
    "a message of an ImId that looks like an address of ours",
    itemOf({ messageId: "m-7", sender: { imId: imId.parse("@jane@acme.example") } }),
    1,
    "ruBeEJd_2HUyB7o0sWuEinReglX508p83hE34DznGQU",
  ],
  [
    "a message in a room whose id has a mark that combines",
    itemOf({ conversationId: "O\u0308l-Desk", messageId: "m-8" }),
    1,
    "nuQR1V9OyA87U-b2_Y7aLMixpPMVRfA3yfLsZhvZcIQ",
  ],
  [
    "a message with half a surrogate pair",
    itemOf({ messageId: "m-9", text: "half \ud83d of a pair" }),
    1,
    "MvV-1PsNMhKB5fnAB4hzpZ-1_oj73P2Idjm0ZKET754",
  ],
  ["an empty message", itemOf({ messageId: "m-10", text: "" }), 1, "YB_L2nkRZ6Y0K3GyWne8GlJeVkkUrJ5EWSc-Beze9zs"],
];

for (const [what, item, occurrence, expected] of golden) {
  test(`the key of ${what} is what it has always been`, () => {
    assert.equal(toImportKey("1", feed, item, occurrence), expected);
  });
}

test("each kind has golden keys, with and without an id", () => {
  for (const kind of itemKind.options) {
    const ids = golden.filter(([, item]) => item.kind === kind).map(([, { messageId }]) => messageId !== undefined);
    assert.deepEqual(new Set(ids), new Set([true, false]), kind);
  }
});

test("the rule that keys are made by now is the one of the golden keys", () => {
  assert.equal(importKeyRule, "1");
});

const base = toImportKey("1", feed, itemOf(), 1);

test("where an item lies, to whom it went and what people are called is not in its key", () => {
  const same = [
    itemOf({ position: 9, offset: 77 }),
    itemOf({ recipients: [{ imId: imId.parse("other") }] }),
    itemOf({ sender: { imId: imId.parse("JDOE"), email: "new@acme.example", displayName: "Jane", firm: "A" } }),
    itemOf({ sentAt: Date.UTC(2026, 5, 3, 14, 5, 9, 999) }),
    itemOf({ isHistory: true }),
    itemOf({ room: "Another name" }),
    itemOf({ refersTo: "m-0" }),
  ];
  for (const item of same) assert.equal(toImportKey("1", feed, item, 1), base);
  assert.equal(toImportKey("1", feed, itemOf(), 7), base, "an occurrence counts only without a message id");
});

test("anything else makes another key", () => {
  const others = [
    itemOf({ conversationId: "room-8" }),
    itemOf({ messageId: "m-2" }),
    itemOf({ kind: "edit" }),
    itemOf({ sentAt: Date.UTC(2026, 5, 3, 14, 5, 10) }),
    itemOf({ sender: { imId: imId.parse("jdoe2") } }),
    itemOf({ text: "Hello " }),
    itemOf({ attachments: [{ name: "a.txt", content: attached }] }),
  ];
  const keys = others.map((item) => toImportKey("1", feed, item, 1));
  keys.push(toImportKey("2", feed, itemOf(), 1), toImportKey("1", feedId.parse("ACME2"), itemOf(), 1));
  assert.equal(new Set([base, ...keys]).size, keys.length + 1);
});

test("identical items count together, live and history apart", () => {
  const one = without(itemOf(), "messageId");
  assert.equal(toTupleFingerprint(one), toTupleFingerprint({ ...one, position: 5, offset: 9 }));
  assert.notEqual(toTupleFingerprint(one), toTupleFingerprint({ ...one, isHistory: true }));
  assert.notEqual(toTupleFingerprint(one), toTupleFingerprint({ ...one, text: "other" }));
});

test("no name of a file or a room can make two different items share a key", () => {
  const hash = attached.sha256;
  const two = [
    { name: "a.txt", content: attached },
    { name: "b.txt", content: attached },
  ];
  const pairs: [ParsedItem, ParsedItem][] = [
    [itemOf({ attachments: two }), itemOf({ attachments: [{ name: `a.txt=${hash}\u001eb.txt`, content: attached }] })],
    [itemOf({ conversationId: "a\u001fb", messageId: "c" }), itemOf({ conversationId: "a", messageId: "b\u001fc" })],
    [itemOf({ conversationId: "a\u001fb" }), itemOf({ conversationId: "a\\u001fb" })],
  ];
  for (const [one, other] of pairs) {
    assert.notEqual(toImportKey("1", feed, one, 1), toImportKey("1", feed, other, 1));
  }
});
