import assert from "node:assert/strict";
import { test } from "node:test";
import { detectProfile, profileNamed } from "../../../shared/parse/profiles.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";

function faultOf(head: string | Uint8Array): UnparsableFile {
  try {
    detectProfile(Buffer.from(head));
  } catch (error) {
    assert.ok(error instanceof UnparsableFile);
    return error;
  }
  return assert.fail("detected");
}

const header = "ConversationId;Timestamp;ImId;RecipientImId;Text\n";

test("knows a FileDump by its root element, behind declaration, comments and a prefix", () => {
  const heads = [
    "<FileDump/>",
    '\ufeff<?xml version="1.0"?>\n<!-- a --><?pi x?>\n<d:FileDump xmlns:d="urn:d">',
    "<FileDump>",
  ];
  for (const head of heads) assert.equal(detectProfile(Buffer.from(head)).name, "filedump-actiance");
  assert.equal(detectProfile(Buffer.from("\ufeff<FileDump>", "utf16le")).name, "filedump-actiance");
});

test("does not take Instant Bloomberg's FileDump for its own", () => {
  const head = "<FileDump><Conversation><ParticipantEntered><User>\n<LoginName>x</LoginName>";
  assert.equal(faultOf(head).reason, "unknown-format");
});

test("knows a flat-csv by its columns, whatever separates them, and by the connector's names for them", () => {
  for (const delimiter of [",", ";", "\t", "|"]) {
    assert.equal(detectProfile(Buffer.from(header.replaceAll(";", delimiter))).name, "flat-csv");
  }
  const renamed = Buffer.from("Room,When,From,To,Body\n");
  const fieldNames = { ConversationId: "room", Timestamp: "When", ImId: "From", RecipientImId: "To", Text: "Body" };
  assert.equal(detectProfile(renamed, fieldNames).name, "flat-csv");
  assert.throws(() => detectProfile(renamed), UnparsableFile);
});

test("describes what it does not know by structure, and never by content", () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ["<Envelope><zqsecret>", /root element Envelope,/],
    [`<${"zq".repeat(40)}>`, /\(no plain name\)/],
    ['{"zq": 1}', /JSON/],
    ["-----BEGIN PGP MESSAGE-----\nzq", /PGP-encrypted/],
    [Buffer.of(0x50, 0x4b, 3, 4, 1), /zip archive/],
    [Buffer.of(0x1f, 0x8b, 8), /gzip/],
    [Buffer.of(1, 2, 3, 0, 0, 7), /binary/],
    [
      "zqann,zqbob,zqtext\n",
      /3 columns, but not ConversationId, Timestamp, ImId or SenderEmail, RecipientEmail or RecipientImId, Text/,
    ],
  ];
  for (const [head, pattern] of cases) {
    const fault = faultOf(head);
    assert.equal(fault.reason, "unknown-format");
    assert.match(fault.message, pattern);
    assert.doesNotMatch(fault.message, /zq/);
  }
});

test("refuses a DOCTYPE and an empty file by name", () => {
  assert.equal(faultOf('<?xml version="1.0"?><!DOCTYPE FileDump [<!ENTITY a "b">]><FileDump/>').reason, "doctype");
  assert.equal(faultOf("").reason, "empty-file");
});

test("finds a profile by its name", () => {
  assert.equal(profileNamed("flat-csv").name, "flat-csv");
});
