import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filedumpActiance } from "../../../shared/parse/filedump-actiance.ts";
import { flatCsv } from "../../../shared/parse/flat-csv.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { inPieces, itemsOf, outcomeOf } from "../../contract/parse/parsing.ts";

/** Texts with what gives parsers trouble: markup, quotes, line ends, other planes, marks that combine. */
const trouble = fc.constantFrom(
  "<",
  ">",
  "&",
  "]]>",
  '"',
  '""',
  ",",
  ";",
  "\t",
  "\r",
  "\n",
  "\r\n",
  "🙂",
  "é",
  "e\u0301",
  "\u2028",
  "\ufeff",
);
const words = fc.array(fc.oneof(trouble, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 12 });
const chatText = words.map((parts) => parts.join("").toWellFormed().replaceAll("\0", ""));
const xmlText = chatText.map((text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ""));

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
const quoteCsv = (text: string) => `"${text.replaceAll('"', '""')}"`;

const cuts = (bytes: Uint8Array, places: readonly number[]) =>
  inPieces(bytes, ...places.map((place) => place % bytes.length).toSorted((a, b) => a - b));
const somePlaces = fc.array(fc.nat(), { maxLength: 5 });

const encodings = {
  "UTF-8": (text: string) => Buffer.from(text),
  "UTF-16": (text: string) => Buffer.from(`\ufeff${text}`, "utf16le"),
};

for (const [encoding, encode] of Object.entries(encodings)) {
  test(`any text comes through XML in ${encoding} unchanged, wherever the bytes are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(xmlText, somePlaces, async (text, places) => {
        const message = `<Message><LoginName>a</LoginName><DateTimeUTC>1780491906</DateTimeUTC><Content>${escapeXml(text)}</Content></Message>`;
        const bytes = encode(`<FileDump><Conversation><RoomID>r</RoomID>${message}</Conversation></FileDump>`);
        assert.deepEqual(
          (await itemsOf(filedumpActiance, cuts(bytes, places))).map((item) => item.text),
          [text],
        );
      }),
    );
  });

  test(`any text comes through CSV in ${encoding} unchanged, wherever the bytes are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chatText, { minLength: 1, maxLength: 4 }), somePlaces, async (texts, places) => {
        const rows = texts.map((text) => `c,1780491906,a,b,${quoteCsv(text)}`);
        const bytes = encode(`ConversationId,Timestamp,ImId,RecipientImId,Text\r\n${rows.join("\r\n")}\r\n`);
        assert.deepEqual(
          (await itemsOf(flatCsv, cuts(bytes, places))).map((item) => item.text),
          texts,
        );
      }),
    );
  });
}

test("whatever the bytes are, a parser yields records or an UnparsableFile", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), async (bytes, hasStart) => {
      const start = hasStart ? "<FileDump><Conversation><RoomID>r</RoomID>" : "";
      for (const profile of [filedumpActiance, flatCsv]) {
        const { error } = await outcomeOf(profile, Buffer.concat([Buffer.from(start), bytes]));
        assert.ok(error === undefined || error instanceof UnparsableFile, String(error));
      }
    }),
  );
});
