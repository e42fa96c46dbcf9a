import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatLine } from "../../../shared/chat/chat-item.ts";
import { toChatDay } from "../../../shared/chat/identifiers.ts";
import { requestLimitInBytes } from "../../../shared/import/attachment-plan.ts";
import {
  draftItem,
  type EmailItem,
  type ItemContext,
  toEmailItem,
  withoutRefused,
} from "../../../shared/import/email-item.ts";
import { attachmentOf, chatLineOf, ids, people, sentAt } from "../../support/import-world.ts";

type Facts = ItemContext["facts"];

function build(line: ChatLine, facts: Partial<Facts> = {}, bytes?: readonly Buffer[]): EmailItem {
  const usual: Facts = {
    ...{ feed: ids.feed, zone: "Europe/London", itemClass: "IPM.Note", withAttachments: true, recipientCap: 500 },
    evidenceOf: () => "evidence/ACME/2026-06-03/abc-1-2",
  };
  const work = { file: ids.file, chatDay: toChatDay(line.sentAt), item: line };
  const draft = draftItem(work, { drop: ids.drop, people, facts: { ...usual, ...facts } });
  const inline = draft.attachments.filter(({ isInline }) => isInline);
  const item = toEmailItem(
    draft,
    bytes ?? inline.map(({ attachment }) => Buffer.alloc(attachment.content?.sizeInBytes ?? 0)),
  );
  assert(item !== "too-large");
  return item;
}

const bodyOf = (line: ChatLine, facts: Partial<Facts> = {}) => build(line, facts).message.body.content;
const sizeOf = (item: EmailItem) => Buffer.byteLength(JSON.stringify(item.message));

test("a message becomes this e-mail item, to the letter", () => {
  const file = attachmentOf("terms & conditions.txt", Buffer.from("hi"));
  const line = chatLineOf("snapshot", {
    ...{ position: 12, room: "Gas <NBP> & Power", messageId: "m-1", kind: "edit", refersTo: "m-0", isHistory: true },
    to: [1, 2],
    text: 'Bid 10 > 9 & "now"\r\n\u0007line two\ud800 end',
    attachments: [file, { name: "gone.doc", missing: "not-in-drop" }],
  });
  const cell = '<tr><td style="padding:0 12pt 0 0;vertical-align:top;color:#666">';
  const sender = { emailAddress: { name: "Jane Doe (London)", address: "jane.doe@acme.example" } };
  const root = "<conversation.VfdL2rqX-lHus9L_IzY-w3JYVIFurFbCFWp15uNxdR4@ACME.icechat.invalid>";
  const key = "FqDusHkbbJJFH9KE3Z9Zngp9vn9uvqbi0tBsf3SuwRI";
  assert.deepEqual(build(line, {}, [Buffer.from("hi")]), {
    key,
    sentAt,
    internetMessageId: `<${key}@ACME.icechat.invalid>`,
    outcome: "partial",
    message: {
      subject: 'ICE Chat: Gas <NBP> & Power - Edited: Bid 10 > 9 & "now" \ufffdline two\ufffd end',
      body: {
        contentType: "html",
        content: [
          '<html><head><meta charset="utf-8"></head><body style="font-family:Segoe UI,Arial,sans-serif;font-size:10.5pt">',
          '<table style="border-collapse:collapse">',
          `${cell}From</td><td>Jane Doe (London) &lt;jane.doe@acme.example&gt; (Jane Doe, jane@acme.example, ImId jdoe, Acme)</td></tr>`,
          `${cell}To (2)</td><td>Rick Roe &lt;roe@bank.example&gt; (ImId rroe)<br>Zoë O&#39;Hara &lt;Zo.O.Hara.137aceffc751778a@icechat.invalid&gt; (ImId Zoë O&#39;Hara)</td></tr>`,
          `${cell}Sent</td><td>2026-06-03 14:05:09 UTC<br>2026-06-03 15:05:09 GMT+1 (Europe/London)</td></tr>`,
          `${cell}Room</td><td>Gas &lt;NBP&gt; &amp; Power</td></tr>`,
          `${cell}Kind</td><td>Edit of an earlier message: the text below replaces it</td></tr>`,
          `${cell}Refers to message</td><td>m-0</td></tr>`,
          `${cell}Note</td><td>Repeated from the conversation&#39;s history: it was delivered before.</td></tr>`,
          `${cell}Note</td><td>Characters that a mail cannot carry stand as \ufffd: 2. The original: evidence/ACME/2026-06-03/abc-1-2.</td></tr>`,
          "</table>",
          '<div style="margin:12pt 0">Bid 10 &gt; 9 &amp; &quot;now&quot;<br>\n\ufffdline two\ufffd end</div>',
          "<div>Attachments:<ul>",
          "<li>terms &amp; conditions.txt - 2 bytes - SHA-256 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4 - attached</li>",
          "<li>gone.doc - not attached: the drop does not hold it</li>",
          "</ul></div>",
          "<hr>",
          '<div style="font-size:8pt;color:#666">ICE Chat<br>',
          `Import key: ${key}<br>`,
          "Conversation: room-7<br>",
          "Message: m-1<br>",
          "Feed: ACME<br>",
          "Source: acme-2026-06-03-1 0123456789abcdefghij:12</div>",
          "</body></html>",
        ].join("\n"),
      },
      from: sender,
      sender,
      toRecipients: [
        { emailAddress: { name: "Rick Roe", address: "roe@bank.example" } },
        { emailAddress: { name: "Zoë O'Hara", address: "Zo.O.Hara.137aceffc751778a@icechat.invalid" } },
      ],
      isRead: true,
      internetMessageId: `<${key}@ACME.icechat.invalid>`,
      singleValueExtendedProperties: [
        { id: "Integer 0x0E07", value: "1" },
        { id: "SystemTime 0x0039", value: "2026-06-03T14:05:09.000Z" },
        { id: "SystemTime 0x0E06", value: "2026-06-03T14:05:09.000Z" },
        { id: "String {24d338db-327c-454a-b467-b7339886963b} Name IceChatImportKey", value: key },
        { id: "String 0x1042", value: root },
        { id: "String 0x1039", value: root },
      ],
      attachments: [
        {
          "@odata.type": "#microsoft.graph.fileAttachment",
          name: "terms & conditions.txt",
          contentType: "application/octet-stream",
          contentBytes: "aGk=",
        },
      ],
    },
  });
});

test("an item class is sent only when it is not the usual one", () => {
  const idsOf = (itemClass: string) =>
    build(chatLineOf("a"), { itemClass }).message.singleValueExtendedProperties.map(({ id }) => id);
  assert(!idsOf("IPM.Note").includes("String 0x001A"));
  assert(idsOf("IPM.ExternalData.Conversation.Ice Chat").includes("String 0x001A"));
});

test("recipients beyond the cap stand in the body only", () => {
  const line = chatLineOf("a", { to: [1, 2] });
  const item = build(line, { recipientCap: 1 });
  assert.deepEqual(
    item.message.toRecipients.map(({ emailAddress }) => emailAddress.address),
    ["roe@bank.example"],
  );
  assert(item.message.body.content.includes("To (2)"));
  assert(item.message.body.content.includes("Zoë O&#39;Hara"));
});

test("nothing that people wrote can become markup", () => {
  const evil = "<script>alert(1)</script><img src=x onerror='a'>\"&";
  const html = bodyOf(
    chatLineOf("a", {
      room: evil,
      messageId: evil,
      conversationId: evil,
      text: evil,
      refersTo: evil,
      attachments: [{ name: evil }],
    }),
  );
  assert(!/<script|<img/.test(html));
  assert.equal(html.match(/&lt;script&gt;/g)?.length, 6);
});

test("every kind says what it is, in subject and body", () => {
  const said = (["message", "edit", "delete", "file", "disclaimer"] as const).map((kind) => {
    const { message } = build(chatLineOf("a", { kind }));
    return [message.subject, /Kind<\/td><td>([^<]*)/.exec(message.body.content)?.[1]];
  });
  assert.deepEqual(said, [
    ["ICE Chat: Jane Doe (London), Rick Roe - text of a", "Message"],
    [
      "ICE Chat: Jane Doe (London), Rick Roe - Edited: text of a",
      "Edit of an earlier message: the text below replaces it",
    ],
    ["ICE Chat: Jane Doe (London), Rick Roe - Deleted: text of a", "Deletion of an earlier message"],
    ["ICE Chat: Jane Doe (London), Rick Roe - File: text of a", "File"],
    ["ICE Chat: Jane Doe (London), Rick Roe - Disclaimer: text of a", "Disclaimer"],
  ]);
});

test("items of a conversation refer to the same root, those of another or another feed's to another", () => {
  const rootOf = (line: ChatLine, facts: Partial<Facts> = {}) =>
    build(line, facts).message.singleValueExtendedProperties.find(({ id }) => id === "String 0x1042")?.value;
  assert.equal(rootOf(chatLineOf("a")), rootOf(chatLineOf("b")));
  assert.notEqual(rootOf(chatLineOf("a")), rootOf(chatLineOf("a", { conversationId: "room-8" })));
});

test("a file of 3,000,000 bytes is left out and the item says where it lies; one byte less goes in", () => {
  const fileOf = (sizeInBytes: number) => {
    const file = attachmentOf("f.bin", Buffer.from("x"));
    return { ...file, content: { ...file.content, sizeInBytes } };
  };
  const left = build(chatLineOf("a", { attachments: [fileOf(3_000_000)] }));
  assert.equal(left.outcome, "partial");
  assert.equal(left.message.attachments, undefined);
  assert.match(
    left.message.body.content,
    /f\.bin - 3000000 bytes - SHA-256 [0-9a-f]{64} - not attached: too large for an e-mail item; kept in evidence\/ACME/,
  );
  const whole = build(chatLineOf("a", { attachments: [fileOf(2_900_000)] }));
  assert.equal(whole.outcome, "imported");
  assert.equal(whole.message.attachments?.length, 1);
});

test("files go in as long as the whole request stays below 4,000,000 bytes, smaller ones after one that had no room too", () => {
  const fileOf = (name: string, sizeInBytes: number) => {
    const file = attachmentOf(name, Buffer.from(name));
    return { ...file, content: { ...file.content, sizeInBytes } };
  };
  const line = chatLineOf("a", {
    attachments: [fileOf("one", 1_500_000), fileOf("two", 1_400_000), fileOf("three", 900_000), fileOf("four", 10_000)],
  });
  const item = build(line);
  assert.equal(item.outcome, "partial");
  assert.deepEqual(
    item.message.attachments?.map(({ name }) => name),
    ["one", "two", "four"],
  );
  assert(sizeOf(item) < requestLimitInBytes);
});

test("the largest file that the plan lets in keeps the request below the limit, to the byte", () => {
  for (let sizeInBytes = 2_989_000; sizeInBytes < 3_000_000; sizeInBytes += 1111) {
    const file = attachmentOf("f.bin", Buffer.from("x"));
    const item = build(chatLineOf("a", { attachments: [{ ...file, content: { ...file.content, sizeInBytes } }] }));
    assert(sizeOf(item) < requestLimitInBytes, `${sizeInBytes}: ${sizeOf(item)}`);
  }
});

test("a setting leaves files out, and the item says so", () => {
  const file = attachmentOf("f.txt", Buffer.from("x"));
  const item = build(chatLineOf("a", { attachments: [file] }), { withAttachments: false });
  assert.equal(item.outcome, "partial");
  assert.match(item.message.body.content, /the connector is set to leave attachments out; kept in evidence/);
});

test("every reason for a missing file is told, and the item is partial", () => {
  for (const missing of ["not-in-drop", "transfer-failed", "transfer-not-ended", "deleted", "unreadable"] as const) {
    const item = build(chatLineOf("a", { attachments: [{ name: "f.txt", missing }] }));
    assert.equal(item.outcome, "partial");
    assert.match(item.message.body.content, /f\.txt - not attached: /);
  }
});

test("a text too long for one request is cut, says so, and stays below the limit", () => {
  for (const character of ["a", "<", "\u{1f600}"]) {
    const item = build(chatLineOf("a", { text: character.repeat(1_100_000) }));
    assert(sizeOf(item) < requestLimitInBytes, character);
    assert(item.message.body.content.isWellFormed());
    const isCut = item.outcome === "partial";
    assert.equal(item.message.body.content.includes("The text is cut"), isCut);
  }
});

test("an item whose people alone are too many is no item", () => {
  const line = chatLineOf("a", { to: Array.from({ length: 60_000 }, () => 2) });
  const facts = { feed: ids.feed, zone: "UTC", itemClass: "IPM.Note", withAttachments: true, recipientCap: 500 };
  const context = { drop: ids.drop, people, facts: { ...facts, evidenceOf: () => undefined } };
  const draft = draftItem({ file: ids.file, chatDay: toChatDay(sentAt), item: line }, context);
  assert.equal(toEmailItem(draft, []), "too-large");
});

test("a media type that is none is not passed on, a file without a name gets one", () => {
  const { content } = attachmentOf("x", Buffer.from("x"));
  const item = build(
    chatLineOf("a", {
      attachments: [
        { name: " \u0000 ", contentType: "text/plain; charset=x\r\n", content },
        { name: "b", contentType: "image/svg+xml", content },
      ],
    }),
  );
  assert.deepEqual(
    item.message.attachments?.map(({ name, contentType }) => [name, contentType]),
    [
      ["\ufffd", "application/octet-stream"],
      ["b", "image/svg+xml"],
    ],
  );
});

test("what Graph refused an item for is left out, and nothing else", () => {
  const item = build(chatLineOf("a"));
  const one = withoutRefused(item, ["internetMessageId"]).message;
  assert.deepEqual(
    Object.keys(item.message).filter((name) => !(name in one)),
    ["internetMessageId"],
  );
  const both = withoutRefused(item, ["internetMessageId", "sender"]).message;
  assert.deepEqual(
    Object.keys(item.message)
      .filter((name) => !(name in both))
      .toSorted(),
    ["from", "internetMessageId", "sender"],
  );
});

test("people of another drop are an error, not somebody else's name", () => {
  assert.throws(() => build(chatLineOf("a", { to: [3] })), /lack participant 3/);
});
