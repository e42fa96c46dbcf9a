import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type ImId, imId, mailboxAddress } from "../../../shared/chat/identifiers.ts";
import { mailboxNamedFor, type ParsedMapping, parseMapping } from "../../../shared/map/mapping.ts";
import { toMappingCsv } from "../../../shared/map/mapping-csv.ts";

function bytesOf(text: string | Buffer): Buffer {
  return typeof text === "string" ? Buffer.from(text) : text;
}

function parse(text: string | Buffer): Promise<ParsedMapping> {
  return parseMapping([bytesOf(text)]);
}

async function faultsOf(text: string | Buffer): Promise<unknown> {
  const parsed = await parse(text);
  return parsed.isValid ? "valid" : parsed.faults;
}

async function entriesOf(text: string | Buffer): Promise<unknown> {
  const parsed = await parse(text);
  assert.ok(parsed.isValid, "there are faults");
  return [...parsed.mapping.entries.values()].map(({ imId: id, mailbox }) => [id, mailbox]);
}

const id = (text: string): ImId => imId.parse(text);

for (const [what, text] of [
  ["line feeds", "ImId,Mailbox\njdoe,jane@bank.example\nÄnne,a@bank.example\n"],
  ["no line feed at the end", "ImId,Mailbox\njdoe,jane@bank.example\nÄnne,a@bank.example"],
  ["CR LF", "ImId,Mailbox\r\njdoe,jane@bank.example\r\nÄnne,a@bank.example\r\n"],
  ["CR alone", "ImId,Mailbox\rjdoe,jane@bank.example\rÄnne,a@bank.example\r"],
  ["a byte order mark, as Excel writes", "\ufeffImId,Mailbox\r\njdoe,jane@bank.example\r\nÄnne,a@bank.example\r\n"],
  ["a byte order mark and quotes", '\ufeff"ImId","Mailbox"\njdoe,jane@bank.example\nÄnne,a@bank.example\n'],
  ["quotes", '"ImId","Mailbox"\n"jdoe","jane@bank.example"\n "Änne" , a@bank.example \n'],
  ["empty lines and rows", "ImId,Mailbox\n\njdoe,jane@bank.example\n , \n,,,\nÄnne,a@bank.example,\n\n\n"],
  ["a header in other case", "imid, MAILBOX\njdoe,jane@bank.example\nÄnne,a@bank.example"],
] as const) {
  test(`a mapping with ${what} is read`, async () => {
    const expected = [
      ["jdoe", "jane@bank.example"],
      ["Änne", "a@bank.example"],
    ];
    assert.deepEqual(await entriesOf(text), expected);
  });
}

test("an ImId is found however it is spelt", async () => {
  const parsed = await parse("ImId,Mailbox\nJ\u00e4ne.Doe,jane@bank.example\n");
  assert.ok(parsed.isValid);
  assert.equal(mailboxNamedFor(parsed.mapping, id("ja\u0308NE.doe ")), "jane@bank.example");
  assert.equal(mailboxNamedFor(parsed.mapping, id("other")), undefined);
  assert.equal(mailboxNamedFor(parsed.mapping, undefined), undefined);
  assert.equal(mailboxNamedFor(undefined, id("jdoe")), undefined);
});

test("an ImId with comma and quotes is read", async () => {
  assert.deepEqual(await entriesOf('ImId,Mailbox\n"Doe, ""JD"" Jane",jane@bank.example\n'), [
    ['Doe, "JD" Jane', "jane@bank.example"],
  ]);
});

test("every bad line is told, with line, column and reason", async () => {
  const text = [
    "ImId,Mailbox",
    "good,good@bank.example",
    ",nobody@bank.example",
    "jdoe,",
    "jdoe,jane at bank",
    "one",
    "a,b@bank.example,c",
    'x"y,xy@bank.example',
    '"open,o@bank.example',
    `${"i".repeat(257)},long@bank.example`,
    "bell\u0007,bell@bank.example",
    "=bad, <x@y>",
    "GOOD,another@bank.example",
  ].join("\r\n");
  assert.deepEqual(await faultsOf(text), [
    { line: 3, column: "ImId", reason: "empty" },
    { line: 4, column: "Mailbox", reason: "empty" },
    { line: 5, column: "Mailbox", reason: "not-an-address" },
    { line: 6, reason: "wrong-number-of-columns" },
    { line: 7, reason: "wrong-number-of-columns" },
    { line: 8, reason: "bad-quotes" },
    { line: 9, reason: "bad-quotes" },
    { line: 10, column: "ImId", reason: "too-long" },
    { line: 11, column: "ImId", reason: "control-character" },
    { line: 12, column: "Mailbox", reason: "not-an-address" },
    { line: 13, column: "ImId", reason: "another-mailbox", firstLine: 2 },
  ]);
});

test("both cells of a line are told when both are bad", async () => {
  assert.deepEqual(await faultsOf(Buffer.from("ImId,Mailbox\n\xff,nowhere\n", "latin1")), [
    { line: 2, column: "ImId", reason: "not-utf8" },
    { line: 2, column: "Mailbox", reason: "not-an-address" },
  ]);
});

test("lines are counted alike whatever the pieces the file arrives in", async () => {
  const bytes = Buffer.from("ImId,Mailbox\r\n\r\na,a@bank.example\r\nbad\r\n\n\rworse");
  for (const size of [1, 2, 3, 5, 100]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    const parsed = await parseMapping(pieces);
    assert.deepEqual(!parsed.isValid && parsed.faults.map(({ line }) => line), [4, 7], `pieces of ${size}`);
  }
});

test("the lines that are not UTF-8 are told, and only those", async () => {
  const bytes = Buffer.from(
    "ImId,Mailbox\nJ\xfcrgen,j@bank.example\nok,ok@bank.example\na,\xe9@bank.example\n",
    "latin1",
  );
  assert.deepEqual(await faultsOf(bytes), [
    { line: 2, column: "ImId", reason: "not-utf8" },
    { line: 4, column: "Mailbox", reason: "not-utf8" },
  ]);
});

test("UTF-16 is told as such and not as fifty thousand bad lines", async () => {
  const bytes = Buffer.from("\ufeffImId,Mailbox\njdoe,jane@bank.example\n", "utf16le");
  assert.deepEqual(await faultsOf(bytes), [{ line: 1, reason: "not-utf8" }]);
});

for (const text of [
  "",
  "\n",
  "Mailbox,ImId\na,b@c.d\n",
  "jdoe,jane@bank.example\n",
  "ImId;Mailbox\na;b@c.d\n",
  "ImId",
]) {
  test(`${JSON.stringify(text)} has not the header`, async () => {
    assert.deepEqual(await faultsOf(text), [{ line: 1, reason: "unknown-header" }]);
  });
}

test("a header alone is an empty mapping", async () => {
  assert.deepEqual(await entriesOf("ImId,Mailbox\r\n"), []);
});

test("a line that says the same again is a warning", async () => {
  const parsed = await parse("ImId,Mailbox\njdoe,jane@bank.example\nJDOE,Jane@Bank.Example\n");
  assert.ok(parsed.isValid);
  assert.deepEqual(parsed.warnings, [{ line: 3, column: "ImId", reason: "repeated", firstLine: 2 }]);
  assert.equal(parsed.mapping.entries.size, 1);
});

test("the file's hash says which mapping was used", async () => {
  const bytes = Buffer.from("ImId,Mailbox\njdoe,jane@bank.example\n");
  const parsed = await parse(bytes);
  assert.equal(parsed.isValid && parsed.mapping.sha256, createHash("sha256").update(bytes).digest("hex"));
});

test("60,000 lines are read", async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `user ${i},user${i}@bank.example`);
  const parsed = await parse(`ImId,Mailbox\n${lines.join("\n")}\n`);
  assert.equal(parsed.isValid && parsed.mapping.entries.size, 60_000);
});

test("a downloaded mapping runs nothing in a spreadsheet", () => {
  const csv = toMappingCsv(
    ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "''=x", "o'neil"].map((text) => ({
      imId: id(text),
      mailbox: mailboxAddress.parse(text === "+1" ? "+1@bank.example" : "a@bank.example"),
    })),
  );
  for (const cell of csv.split(/[,\r\n]+/)) assert.doesNotMatch(cell, /^"?[=+\-@\t]/);
  assert.match(csv, /^o'neil,/m);
});

test("the template is the header", () => {
  assert.equal(toMappingCsv([]), "ImId,Mailbox\r\n");
});

test("a line with quotation marks keeps letters whose last byte looks like a blank", async () => {
  assert.deepEqual(await entriesOf('ImId,Mailbox\nlà,"a@bank.example"\n "voilà" ,b@bank.example\n'), [
    ["là", "a@bank.example"],
    ["voilà", "b@bank.example"],
  ]);
});

for (const [what, line] of [
  ["quotation marks", '""\n'],
  ["open quotation marks", '"\n'],
  ["empty lines", "\n"],
] as const) {
  test(`megabytes of ${what} are read in seconds, and let others have their turn`, async () => {
    const bytes = Buffer.from(`ImId,Mailbox\n${line.repeat(300_000)}`);
    let longestInMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longestInMs = Math.max(longestInMs, now - last);
      last = now;
    }, 1);
    const startedAt = performance.now();
    await parseMapping([bytes]);
    clearInterval(timer);
    assert.ok(performance.now() - startedAt < 7000, "it took too long");
    assert.ok(longestInMs < 1500, `others waited for ${longestInMs} ms`);
  });
}
