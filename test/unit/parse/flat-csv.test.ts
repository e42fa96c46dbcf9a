import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flatCsv } from "../../../shared/parse/flat-csv.ts";
import { defaultParseLimits, type ParseLimits } from "../../../shared/parse/parse-limits.ts";
import type { ParseContext } from "../../../shared/parse/profile.ts";
import { UnparsableFile, type UnparsableReason } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, itemsOf, outcomeOf } from "../../contract/parse/parsing.ts";

const header = "ConversationId,Timestamp,ImId,SenderEmail,RecipientEmail,RecipientImId,Text";
const row = "c1,1780491906,ann,,bob@contoso.com,,hello";
const file = (...rows: string[]) => `${[header, ...rows].join("\n")}\n`;
const under = (limits: Partial<ParseLimits>) => contextWith({}, { limits: { ...defaultParseLimits, ...limits } });

async function assertFault(input: string | Uint8Array, reason: UnparsableReason, path: string, context?: ParseContext) {
  const { error } = await outcomeOf(flatCsv, input, context);
  assert.ok(error instanceof UnparsableFile, `parsed, or failed with ${error}`);
  assert.deepEqual([error.reason, error.path], [reason, path], error.message);
}

describe("syntax", () => {
  test("line ends may be CRLF, LF or CR, even mixed, and the last one may be missing", async () => {
    for (const end of ["\r\n", "\n", "\r"]) {
      assert.equal((await itemsOf(flatCsv, [header, row, row].join(end))).length, 2);
      assert.equal((await itemsOf(flatCsv, `${[header, row, row].join(end)}${end}`)).length, 2);
    }
    assert.equal((await itemsOf(flatCsv, `${header}\r\n${row}\n${row}\r${row}`)).length, 3);
  });

  test("fields may be separated by comma, semicolon, tab or bar: the one that makes sense of the header", async () => {
    for (const delimiter of [";", "\t", "|"]) {
      const [item] = await itemsOf(flatCsv, file(row).replaceAll(",", delimiter));
      assert.deepEqual([item?.sender.imId, item?.text], ["ann", "hello"]);
    }
  });

  test("quoted fields may hold delimiters, line ends and doubled quotes", async () => {
    const [item, next] = await itemsOf(flatCsv, file('c1,1780491906,ann,,b@c.d,,"a, ""b""\r\nc\n"', row));
    assert.equal(item?.text, 'a, "b"\r\nc\n');
    assert.equal(next?.text, "hello");
  });

  test("columns are found without regard to case and space, in any order, and other columns are left alone", async () => {
    const text = 'Desk, TEXT ,recipientimid,"imid",Timestamp,ConversationID\ngas,hi,bob,ann,1780491906,c1\n';
    const [item] = await itemsOf(flatCsv, text);
    assert.deepEqual([item?.text, item?.recipients, item?.sender], ["hi", [{ imId: "bob" }], { imId: "ann" }]);
  });

  test("columns may bear the connector's names", async () => {
    const fieldNames = { ConversationId: "Room", Timestamp: "When", ImId: "From", RecipientImId: "To", Text: "Body" };
    const context = contextWith({}, { fieldNames });
    assert.equal((await itemsOf(flatCsv, "Room,When,From,To,Body\nr,1780491906,a,b,hi\n", context)).length, 1);
  });

  test("UTF-16 is read, and offsets are those of the file", async () => {
    const text = `\ufeff${file("c1,1780491906,ann,,b@c.d,,Grüße 🙂", row)}`;
    const items = await itemsOf(flatCsv, Buffer.from(text, "utf16le"));
    assert.equal(items[0]?.text, "Grüße 🙂");
    const starts = text.split("\n").map((_, i, lines) => 2 * lines.slice(0, i).join("\n").length + 2);
    assert.deepEqual(
      items.map(({ offset }) => offset),
      [starts[1], starts[2]],
    );
  });

  test("a file with a header alone has no items", async () => {
    assert.deepEqual(await outcomeOf(flatCsv, file()), { records: [] });
  });

  test("faults name the line on which the record begins, counted as an editor counts", async () => {
    const long = 'c1,1780491906,ann,,b@c.d,,"one\r\ntwo\nthree"';
    await assertFault(
      `${header}\r\n${long}\r\n\r\nc1,never,ann,,b@c.d,,x\r\n`,
      "bad-timestamp",
      "line 6, column Timestamp",
    );
  });

  test("a record with more or fewer fields than the header stops the file", async () => {
    await assertFault(file(row, `${row},x`, row), "wrong-field-count", "line 3");
    await assertFault(file("c1,1780491906,ann", row), "wrong-field-count", "line 2");
  });

  test("a file cut inside a record is truncated", async () => {
    await assertFault(`${file(row)}c1,17804`, "truncated", "line 3");
    await assertFault(`${file(row)}c1,1780491906,ann,,b@c.d,,"hel`, "truncated", "line 3");
  });

  test("a stray quote, an endless record and a NUL stop the file", async () => {
    await assertFault(file('c1,1780491906,ann,,b@c.d,,say "x"'), "malformed", "line 2");
    await assertFault(file('c1,1780491906,ann,,b@c.d,,"x" y'), "malformed", "line 2");
    await assertFault(
      file(row, `c1,1780491906,ann,,b@c.d,,"${"x".repeat(2000)}`),
      "too-long",
      "line 3",
      under({ recordLength: 1000 }),
    );
    await assertFault(file(row, "c1,1780491906,an\0n,,b@c.d,,x"), "bad-value", "line 3");
  });

  test("a header without a needed column says which, and a column that is there twice too", async () => {
    const fault = async (text: string) => {
      const { error } = await outcomeOf(flatCsv, text);
      assert.ok(error instanceof UnparsableFile);
      return [error.reason, error.message];
    };
    const [reason, text] = await fault("ConversationId,Timestamp,ImId,Text\nzq,1,2,3\n");
    assert.equal(reason, "missing-column");
    assert.match(text ?? "", /4 columns, but not RecipientEmail or RecipientImId;/);
    assert.equal((await fault(`${header},Text\n`))[0], "repeated-column");
    assert.equal((await fault("\n\n"))[0], "missing-column");
  });

  test("10 MB on one line cost bounded time and are refused", async () => {
    await assertFault("x".repeat(10_000_000), "missing-column", "line 1");
    await assertFault(file(`c1,1780491906,ann,,b@c.d,,${"x".repeat(10_000_000)}`), "too-long", "line 2, column Text");
  });
});

describe("people", () => {
  const recipientsOf = async (emails: string, imIds: string) =>
    (await itemsOf(flatCsv, file(`c1,1780491906,ann,,${emails},${imIds},x`)))[0]?.recipients;

  test("addresses and ImIds describe the same people when there are as many of both", async () => {
    assert.deepEqual(await recipientsOf("b@x.y; ;d@x.y;", "b;c;d"), [
      { imId: "b", email: "b@x.y" },
      { imId: "c" },
      { imId: "d", email: "d@x.y" },
    ]);
  });

  test("else each names people of its own, so that nobody is left out or mistaken for another", async () => {
    assert.deepEqual(await recipientsOf("b@x.y", "b;c"), [{ imId: "b" }, { imId: "c" }, { email: "b@x.y" }]);
  });

  test("a record may name nobody", async () => {
    assert.deepEqual(await recipientsOf("", " ; "), []);
  });

  test("recipients may have a column each", async () => {
    const text = "ConversationId,Timestamp,ImId,RecipientEmail,RecipientEmail,Text\nc,1780491906,a,b@x.y,c@x.y,hi\n";
    assert.deepEqual((await itemsOf(flatCsv, text))[0]?.recipients, [{ email: "b@x.y" }, { email: "c@x.y" }]);
  });

  test("100,000 recipients are too many", async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `u${i}`).join(";");
    await assertFault(file(`c1,1780491906,ann,,,${many},x`), "too-many", "line 2, column RecipientEmail");
  });

  test("a sender needs an ImId or an address, and neither may be endless", async () => {
    await assertFault(file("c1,1780491906,,,b@c.d,,x"), "missing-field", "line 2, column ImId");
    await assertFault(file(`c1,1780491906,ann,${"x".repeat(321)},b@c.d,,x`), "too-long", "line 2, column SenderEmail");
  });
});

describe("times", () => {
  const timed = (timestamp: string) => file(`c1,${timestamp},ann,,b@c.d,,x`);

  test("without a zone are an error, unless the connector names its zone", async () => {
    await assertFault(timed("2026-06-03T14:05:06"), "timestamp-without-zone", "line 2, column Timestamp");
    const [item] = await itemsOf(flatCsv, timed("2026-06-03T14:05:06"), contextWith({}, { zone: "Europe/London" }));
    assert.equal(item?.sentAt, Date.UTC(2026, 5, 3, 13, 5, 6));
  });

  test("that no clock of the zone shows are an error", async () => {
    const context = contextWith({}, { zone: "Europe/London" });
    await assertFault(timed("2026-03-29T01:30:00"), "bad-timestamp", "line 2, column Timestamp", context);
  });
});

describe("attachments", () => {
  const columns = "ConversationId,Timestamp,ImId,RecipientImId,Text,Attachment,AttachmentContent";
  const attached = async (text: string, name: string, content: string) =>
    (
      await itemsOf(
        flatCsv,
        `${columns}\nc,1780491906,a,b,${text},${name},${content}\n`,
        contextWith({ "f/n.pdf": "four" }),
      )
    )[0];

  test("come as base64 or lie beside the file, and say when they do neither", async () => {
    const sizes = [
      ["n.txt", "Zm91cg==", "n.txt", 4],
      ["n.txt", '"Zm91\r\ncg=="', "n.txt", 4],
      ["f/n.pdf", "", "n.pdf", 4],
      ["gone.pdf", "", "gone.pdf", "not-in-drop"],
      ["n.txt", "not base64!", "n.txt", "unreadable"],
      ["n.txt", "Zm91c", "n.txt", "unreadable"],
      ["", "Zm91cg==", "unnamed", 4],
    ] as const;
    for (const [name, content, shown, expected] of sizes) {
      const file = (await attached("see", name, content))?.attachments[0];
      assert.deepEqual([file?.name, file?.missing ?? file?.content?.sizeInBytes], [shown, expected]);
    }
  });

  test("without a text make a file, with one a message", async () => {
    assert.equal((await attached("", "f/n.pdf", ""))?.kind, "file");
    assert.equal((await attached("see", "f/n.pdf", ""))?.kind, "message");
    assert.equal((await attached("", "", ""))?.kind, "message");
  });
});
