import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filedumpActiance } from "../../../shared/parse/filedump-actiance.ts";
import { defaultParseLimits, type ParseLimits } from "../../../shared/parse/parse-limits.ts";
import type { ParseContext } from "../../../shared/parse/profile.ts";
import { UnparsableFile, type UnparsableReason } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, inPieces, itemsOf, outcomeOf } from "../../contract/parse/parsing.ts";

const dump = (events: string, start = "", end = "") =>
  `<FileDump><Conversation><RoomID>r1</RoomID>${start}${events}${end}</Conversation></FileDump>`;
const element = (name: string, fields: Readonly<Record<string, string>>) =>
  `<${name}>${Object.entries(fields)
    .map(([field, value]) => `<${field}>${value}</${field}>`)
    .join("")}</${name}>`;
const message = (fields: Readonly<Record<string, string>> = {}) =>
  element("Message", { LoginName: "ann", DateTimeUTC: "1780491906", Content: "hello", ...fields });
const transfer = (name: "Started" | "Ended", fields: Readonly<Record<string, string>>) =>
  element(`FileTransfer${name}`, { LoginName: "ann", DateTimeUTC: "1780491906", ...fields });

const itemOf = async (event: string) => (await itemsOf(filedumpActiance, dump(event)))[0];
const under = (limits: Partial<ParseLimits>) => contextWith({}, { limits: { ...defaultParseLimits, ...limits } });

async function assertFault(
  input: string | AsyncIterable<Uint8Array>,
  reason: UnparsableReason,
  path?: string,
  context?: ParseContext,
) {
  const { error } = await outcomeOf(filedumpActiance, input, context);
  assert.ok(error instanceof UnparsableFile, `parsed, or failed with ${error}`);
  assert.equal(error.reason, reason, error.message);
  if (path !== undefined) assert.equal(error.path, path);
}

async function rosterOf(input: string) {
  const { records, error } = await outcomeOf(filedumpActiance, input);
  assert.equal(error, undefined);
  return records.flatMap((record) => (record.type === "roster" ? record.roster.stays : []));
}

describe("messages", () => {
  test("each UpdatedType has its kind, its time and what it refers to", async () => {
    const updated = { MessageId: "m1", UpdatedDateTimeUTC: "1780491999000" };
    const kinds = [
      ["EditedOriginalMsg", "message", 1780491906000, undefined],
      ["UpdatedNoMsgChange", "message", 1780491906000, undefined],
      ["EditedNewMsg", "edit", 1780491999000, undefined],
      ["Deleted", "delete", 1780491999000, "m1"],
      ["FileDeleted", "delete", 1780491999000, "m1"],
    ] as const;
    for (const [UpdatedType, kind, sentAt, refersTo] of kinds) {
      const item = await itemOf(message({ ...updated, UpdatedType }));
      assert.deepEqual([item?.kind, item?.sentAt, item?.refersTo, item?.messageId], [kind, sentAt, refersTo, "m1"]);
    }
  });

  test("an edit or deletion without a time of its own bears the message's", async () => {
    for (const UpdatedDateTimeUTC of ["", "0"]) {
      assert.equal((await itemOf(message({ UpdatedType: "Deleted", UpdatedDateTimeUTC })))?.sentAt, 1780491906000);
    }
  });

  test("an unknown UpdatedType stops the file, because its item could be lost as the message's double", async () => {
    await assertFault(
      dump(message({ UpdatedType: "Recalled" })),
      "bad-value",
      "/FileDump/Conversation[1]/Message[1]/UpdatedType",
    );
  });

  test("a disclaimer is known by its beginning", async () => {
    assert.equal((await itemOf(message({ Content: "*** ACME (12) Disclaimer: none" })))?.kind, "disclaimer");
    assert.equal((await itemOf(message({ Content: "I read *** ACME (12) Disclaimer: none" })))?.kind, "message");
  });

  test("a bot's message is a message, and its sender a participant", async () => {
    assert.deepEqual((await itemOf(message({ UserType: "bot", LoginName: "pricebot" })))?.sender, { imId: "pricebot" });
  });

  test("text is kept as it is, names lose the space around them", async () => {
    const item = await itemOf(message({ Content: "\n  a &lt;b&gt; <![CDATA[<c>]]>&#13;\n", LoginName: "\n ann \n" }));
    assert.equal(item?.text, "\n  a <b> <c>\r\n");
    assert.equal(item?.sender.imId, "ann");
  });

  test("an empty text is a text, a missing one is an error but for what was deleted", async () => {
    assert.equal((await itemOf(message({ Content: "" })))?.text, "");
    const without = (type: string) =>
      element("Message", { LoginName: "a", DateTimeUTC: "1780491906", UpdatedType: type });
    assert.equal((await itemOf(without("Deleted")))?.text, "");
    await assertFault(dump(without("")), "missing-field", "/FileDump/Conversation[1]/Message[1]/Content");
  });

  test("seconds and milliseconds may be mixed in one file", async () => {
    const times = ["1780491906", "1780491906789"].map((DateTimeUTC) => message({ DateTimeUTC }));
    const items = await itemsOf(filedumpActiance, dump(times.join("")));
    assert.deepEqual(
      items.map(({ sentAt }) => sentAt),
      [1780491906000, 1780491906789],
    );
  });
});

describe("people", () => {
  const move = (name: "Entered" | "Left", fields: Readonly<Record<string, string>>) =>
    element(`Participant${name}`, fields);

  test("the corporate address stands above an ImId that has the form of an address", async () => {
    const entered = move("Entered", {
      LoginName: "A@ice.example",
      DateTimeUTC: "1780491900",
      CorporateEmailID: "a@contoso.com",
    });
    const left = move("Left", { LoginName: "b@ice.example", DateTimeUTC: "1780491990" });
    const said = message({ LoginName: "a@ice.example" });
    for (const events of [entered + said + left, said + left + entered]) {
      const people = (await rosterOf(dump(events))).map(({ participant }) => participant.email);
      assert.deepEqual(new Set(people), new Set(["a@contoso.com", "b@ice.example"]));
    }
  });

  test("a leave told in seconds lasts to the second's end, so that a message of that second finds its reader", async () => {
    const left = move("Left", { LoginName: "bob", DateTimeUTC: "1780491906" });
    const [stay] = await rosterOf(dump(left));
    assert.deepEqual(stay?.stays, [[null, 1780491906999]]);
  });

  test("who was there when a room's day began or ended was there before and after", async () => {
    const entered = move("Entered", { LoginName: "bob", DateTimeUTC: "1780444800" });
    const left = move("Left", { LoginName: "bob", DateTimeUTC: "1780531200000" });
    const [start, end] = ["<StartTimeUTC>1780444800</StartTimeUTC>", "<EndTimeUTC>1780531200</EndTimeUTC>"];
    assert.deepEqual((await rosterOf(dump(entered + left, start, end)))[0]?.stays, [[null, null]]);
    assert.deepEqual((await rosterOf(dump(entered + left)))[0]?.stays, [[1780444800000, 1780531200000]]);
  });

  test("who only spoke is in the roster from the first to the last word, whatever the room's times", async () => {
    const words = ["1780444800", "1780445000"].map((DateTimeUTC) => message({ DateTimeUTC }));
    const start = "<StartTimeUTC>1780444900</StartTimeUTC>";
    assert.deepEqual((await rosterOf(dump(words.join(""), start)))[0]?.stays, [[1780444800000, 1780445000000]]);
  });
});

describe("files", () => {
  const beside = contextWith({ "f/a.pdf": "one", "b.pdf": "two" });
  const filesOf = async (events: string) =>
    (await itemsOf(filedumpActiance, dump(events), beside)).map(({ kind, sentAt, attachments: [file] }) => [
      kind,
      sentAt,
      file?.name,
      file?.missing ?? file?.content?.sizeInBytes,
    ]);

  test("starts and ends are paired by sender and path, and the item bears the start's time", async () => {
    const events = [
      transfer("Started", { FileName: "f/a.pdf", UserFileName: "A.pdf" }),
      transfer("Started", { FileName: "x/b.pdf", DateTimeUTC: "1780491907" }),
      transfer("Ended", { FileName: "x/b.pdf", DateTimeUTC: "1780491908", Status: "completed" }),
      transfer("Ended", { FileName: "f/a.pdf", UserFileName: "A.pdf", DateTimeUTC: "1780491909", Status: "Completed" }),
    ];
    assert.deepEqual(await filesOf(events.join("")), [
      ["file", 1780491907000, "b.pdf", 3],
      ["file", 1780491906000, "A.pdf", 3],
    ]);
  });

  test("the same file sent twice is two items", async () => {
    const twice = ["1780491906", "1780491950"].flatMap((DateTimeUTC) => [
      transfer("Started", { FileName: "b.pdf", DateTimeUTC }),
    ]);
    const ends = ["1780491960", "1780491961"].map((DateTimeUTC) =>
      transfer("Ended", { FileName: "b.pdf", DateTimeUTC, Status: "Completed" }),
    );
    assert.deepEqual(
      (await filesOf([...twice, ...ends].join(""))).map(([, sentAt]) => sentAt),
      [1780491906000, 1780491950000],
    );
  });

  test("a failed transfer, one that never ended and one whose file is not there say so", async () => {
    const events = [
      transfer("Started", { FileName: "b.pdf" }),
      transfer("Ended", { FileName: "b.pdf", Status: "Failed" }),
      transfer("Ended", { FileName: "f/gone.pdf", Status: "Completed" }),
      transfer("Started", { FileName: "f/a.pdf" }),
    ];
    assert.deepEqual(await filesOf(events.join("")), [
      ["file", 1780491906000, "b.pdf", "transfer-failed"],
      ["file", 1780491906000, "gone.pdf", "not-in-drop"],
      ["file", 1780491906000, "a.pdf", "transfer-not-ended"],
    ]);
  });
});

describe("what might hide a message stops the file", () => {
  const at = "/FileDump/Conversation[1]";

  test("an unknown element with children or attributes of its own", async () => {
    await assertFault(dump(`<Whisper><LoginName>a</LoginName></Whisper>`), "unknown-element", `${at}/*[1]/LoginName`);
    await assertFault(dump(`<Whisper from="a" text="b"/>`), "unknown-element", `${at}/*[1]`);
    await assertFault(
      dump(message({ Content: "a <b>bold</b> word" })),
      "unknown-element",
      `${at}/Message[1]/Content/*`,
    );
    await assertFault(
      "<FileDump><Rooms><Conversation/></Rooms></FileDump>",
      "unknown-element",
      "/FileDump/*[1]/Conversation[1]",
    );
  });

  test("text between elements", async () => {
    await assertFault(dump(`hello${message()}`), "unexpected-text", at);
    await assertFault(dump(`<Message>hello</Message>`), "unexpected-text", `${at}/Message[1]`);
  });

  test("a field that comes twice", async () => {
    await assertFault(
      dump(message().replace("</Message>", "<Content>b</Content></Message>")),
      "repeated-field",
      `${at}/Message[1]/Content`,
    );
    await assertFault(dump(message(), "<RoomID>r2</RoomID>"), "repeated-field", `${at}/RoomID[2]`);
  });

  test("a field that is missing, with its place and the event's offset", async () => {
    const first = message();
    for (const field of ["LoginName", "DateTimeUTC"]) {
      const { error } = await outcomeOf(filedumpActiance, dump(first + message({ [field]: " " })));
      assert.ok(error instanceof UnparsableFile);
      assert.deepEqual([error.reason, error.path], ["missing-field", `${at}/Message[2]/${field}`]);
      assert.equal(error.offset, dump(first).indexOf("</Conversation>"));
    }
    await assertFault(
      `<FileDump><Conversation>${message()}</Conversation></FileDump>`,
      "missing-field",
      `${at}/Message[1]/RoomID`,
    );
    await assertFault(dump(transfer("Ended", { FileName: "x" })), "missing-field", `${at}/FileTransferEnded[1]/Status`);
  });

  test("a time that is no epoch", async () => {
    for (const DateTimeUTC of ["06/03/2026 10:00:00", "17804919061", "1780491906000000", "NaN"]) {
      await assertFault(dump(message({ DateTimeUTC })), "bad-timestamp", `${at}/Message[1]/DateTimeUTC`);
    }
  });

  test("but an unknown element that only holds text is skipped", async () => {
    const extra = "<Device>phone</Device>";
    const odd = `<Version>2</Version><Conversation><RoomID>r</RoomID>${extra}${message({ Mood: "good" })}</Conversation>`;
    assert.equal((await itemsOf(filedumpActiance, `<FileDump>${odd}</FileDump>`)).length, 1);
  });
});

describe("hostile files", () => {
  test("entities and DOCTYPEs are refused", async () => {
    await assertFault(
      `<!DOCTYPE FileDump [<!ENTITY x SYSTEM "file:///etc/passwd">]>${dump(message({ Content: "&x;" }))}`,
      "doctype",
    );
    await assertFault(dump(message({ Content: "&x;" })), "malformed");
    for (const Content of ["a & b", "a & b; c", "AT&T", `&${" far".repeat(50_000)};`]) {
      await assertFault(dump(message({ Content })), "malformed");
    }
  });

  test("control characters and lone surrogates are refused, as characters and as references", async () => {
    for (const Content of ["\u0001", "&#1;", "&#xD800;", "&#0;", "\ufffe"]) {
      await assertFault(dump(message({ Content })), "malformed");
      await assertFault(`<?xml version="1.1"?>${dump(message({ Content }))}`, "malformed");
    }
  });

  test("a huge DOCTYPE, comment, attribute, name, text or depth costs bounded memory", async () => {
    const endless = (start: string, fill: string) => repeated(start, fill.repeat(4096), 20_000);
    const cases: [string, string, UnparsableReason][] = [
      ["<!DOCTYPE FileDump [", "<!ENTITY a 'b'>", "too-long"],
      ["<FileDump><!--", "comment ", "too-long"],
      ['<FileDump a="', "value", "too-long"],
      ["<FileDump><", "name", "too-long"],
      ["<FileDump><Conversation><RoomID>", "text", "too-long"],
      ["<FileDump><Conversation><RoomID><![CDATA[", "text", "too-long"],
      ["<FileDump><Conversation><RoomID>", "&amp;", "too-long"],
      [" ", "\n", "too-long"],
      ["<FileDump>", "<a>", "unknown-element"],
    ];
    const before = process.memoryUsage().rss;
    for (const [start, fill, reason] of cases) await assertFault(endless(start, fill), reason);
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  });

  test("what comes before the root element is limited by itself", async () => {
    const comment = (length: number) => `<!--${"x".repeat(length)}-->${dump(message())}`;
    const wide = under({ textLength: 10_000_000 });
    assert.equal((await itemsOf(filedumpActiance, comment(30_000), wide)).length, 1);
    await assertFault(comment(200_000), "too-long", "", wide);
  });

  test("words that stand where names belong are in no error, because a file may forget to escape them", async () => {
    const texts = [
      "<zq>",
      "</zq>",
      "<zq",
      "&zq;",
      "<zq:zq/>",
      '<zq zq="1" zq="2"/>',
      "<zq><zq/></zq>",
      "<?zq",
      "<!zq>",
      "<zq zq>",
    ];
    for (const Content of texts) {
      const { error } = await outcomeOf(filedumpActiance, dump(message({ Content })));
      assert.ok(error instanceof UnparsableFile, Content);
      assert.doesNotMatch(`${error.stack} ${error.path}`, /zq/, Content);
    }
  });

  test("depth and attributes are limited", async () => {
    await assertFault(dump(message()), "too-deep", "/FileDump/Conversation[1]", under({ depth: 2 }));
    const attributes = Array.from({ length: 65 }, (_, i) => `a${i}="1"`).join(" ");
    await assertFault(`<FileDump ${attributes}/>`, "too-many");
  });

  test("texts, people, pending halves and items are limited, and the limit itself is allowed", async () => {
    const long = "x".repeat(100);
    const mixed = message({ Content: `${long}<![CDATA[x]]>` });
    assert.equal(
      (await itemsOf(filedumpActiance, dump(message({ Content: long })), under({ textLength: 100 }))).length,
      1,
    );
    await assertFault(dump(message({ Content: `${long}x` })), "too-long", undefined, under({ textLength: 100 }));
    await assertFault(dump(mixed), "too-long", undefined, under({ textLength: 100 }));
    const crowd = ["a", "b", "c"].map((LoginName) => message({ LoginName })).join("");
    assert.equal((await itemsOf(filedumpActiance, dump(crowd), under({ people: 3, items: 3 }))).length, 3);
    await assertFault(dump(crowd), "too-many", undefined, under({ people: 2 }));
    await assertFault(dump(crowd), "too-many", undefined, under({ items: 2 }));
    const starts = ["a", "b"].map((FileName) => transfer("Started", { FileName })).join("");
    await assertFault(dump(starts), "too-many", undefined, under({ pending: 1 }));
    const edits = ["a", "b"].map((id) => message({ MessageId: id, EditedNewMsgId: `${id}2` })).join("");
    await assertFault(dump(edits), "too-many", undefined, under({ pending: 1 }));
    await assertFault(dump(message({ LoginName: "x".repeat(257) })), "too-long");
    await assertFault(dump(message({ MessageId: "x".repeat(1025) })), "too-long");
  });

  test("a root that is not FileDump is refused even where the profile was chosen by hand", async () => {
    await assertFault("<Dump/>", "unknown-format");
    await assertFault("Timestamp,Text\n", "malformed");
  });

  test("a second document behind the first is refused", async () => {
    await assertFault(dump(message()) + dump(message()), "malformed");
  });
});

async function* repeated(start: string, fill: string, times: number): AsyncGenerator<Uint8Array> {
  yield* inPieces(Buffer.from(start));
  const piece = Buffer.from(fill);
  for (let i = 0; i < times; i += 1) yield piece;
}
