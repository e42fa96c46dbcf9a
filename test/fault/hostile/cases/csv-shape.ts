import assert from "node:assert/strict";
import { cut, type HostileCase, type HostileKind, heavy, refused, taken, word } from "../hostile-case.ts";
import { csv, csvWith, header, quoted, record } from "../make/csv.ts";
import { ann, bob, sentAt } from "../make/xml.ts";

const file = "day.csv";
const mebi = 1024 * 1024;
const plainCsv = { connector: { format: "flat-csv" } } as const;
const withDelimiter = (delimiter: string): string =>
  [header, [`${word} room`, sentAt, "ann", ann, bob, `${word} text`].join(",")]
    .map((line) => line.replaceAll(",", delimiter))
    .join("\n");

const quoting: HostileCase[] = [
  cut("a quote that is never closed", file, () => csv(record(`"${word} text`))),
  heavy(
    refused(
      "a quote that is never closed in 17 MiB",
      file,
      () => csv(record(`"${word}${"x".repeat(17 * mebi)}`)),
      "too-long",
      { says: /a quote that is never closed/ },
    ),
  ),
  refused("a quote in the middle of a field", file, () => csv(record(`${word} "text"`)), "malformed", {
    says: /neither around a whole field/,
  }),
  refused("text behind a closing quote", file, () => csv(record(`"${word}" text`)), "malformed"),
  refused("a quote escaped by a backslash", file, () => csv(record(`"${word} \\" text"`)), "malformed"),
  taken(
    "quotes that are doubled",
    file,
    () => csv(record(quoted(`"${word}""`))),
    1,
    ([mail]) => assert.equal(mail?.text, `"${word}""`),
  ),
  taken(
    "line ends and delimiters inside of quotes",
    file,
    () => csv(record(quoted(`${word},;\t|\r\n\n,"`))),
    1,
    ([mail]) => assert.equal(mail?.text, `${word},;\t|\n\n,"`),
  ),
  cut("a file of quotes, an odd number of them", file, () => csv(`${'"'.repeat(100_001)}`)),
  refused("a file of quotes, an even number of them", file, () => csv(`${'"'.repeat(100_000)}`), "wrong-field-count"),
  refused("single quotes for quotes", file, () => csv(record(`'${word}, text'`)), "wrong-field-count"),
];

const lines: HostileCase[] = [
  taken("lines that end in CR alone", file, () => csv(record(), record(`${word} 2`)).replaceAll("\r\n", "\r"), 2),
  taken("lines that end in LF alone", file, () => csv(record(), record(`${word} 2`)).replaceAll("\r\n", "\n"), 2),
  taken(
    "lines that end in this and that",
    file,
    () => `${header}\r${record()}\n${record(`${word} 2`)}\r\n${record(`${word} 3`)}`,
    3,
  ),
  taken("empty lines everywhere", file, () => `\r\n\n${csv(record(), "", "", record(`${word} 2`))}\n\n\n`, 2),
  taken("100,000 empty lines", file, () => `${csv(record())}${"\n".repeat(100_000)}`, 1),
  heavy(refused("a line of 10 MB without a delimiter", file, () => csv(word.repeat(1_700_000)), "wrong-field-count")),
  refused("a text of 10 MB", file, () => csv(record(word.repeat(1_700_000))), "too-long", { says: /column Text/ }),
  heavy(
    refused(
      "a field of 10 MB that nobody asks for is no reason, a record of 17 MB is",
      file,
      () => csvWith({ Other: "x".repeat(17 * mebi) }),
      "too-long",
    ),
  ),
  heavy(taken("a field of 10 MB that nobody asks for", file, () => csvWith({ Other: "x".repeat(10_000_000) }), 1)),
  heavy(refused("one line of 17 MB and no line end", file, () => "x".repeat(17 * mebi), "unknown-format")),
  heavy(
    refused("one line of 17 MB for a connector that says CSV", file, () => "x".repeat(17 * mebi), "too-long", plainCsv),
  ),
  cut("an end in the middle of a record", file, () => csv(record(), `${word} room,${sentAt},ann`).trimEnd()),
  cut("an end inside of a quoted field", file, () => csv(record(quoted(`${word} text`))).slice(0, -5)),
];

const columns: HostileCase[] = [
  ...([";", "\t", "|"] as const).map((delimiter) =>
    taken(`${JSON.stringify(delimiter)} as delimiter`, file, () => withDelimiter(delimiter), 1),
  ),
  refused("a delimiter that is none", file, () => withDelimiter("~"), "unknown-format", { says: /columns/ }),
  refused(
    "10,000 columns and none of them known",
    file,
    () => `${Array.from({ length: 10_000 }, (_, i) => `${word}${i}`).join(",")}\r\n`,
    "unknown-format",
  ),
  taken(
    "5,000 columns that nobody asks for",
    file,
    () => csvWith(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`c${i}`, word]))),
    1,
  ),
  heavy(
    taken(
      "a header longer than 64 KiB",
      file,
      () => csvWith(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`column${i}`, word]))),
      1,
    ),
  ),
  refused("a column that comes twice", file, () => csvWith({ Text: word }), "repeated-column", {
    says: /Text may be one column only/,
  }),
  refused("a needed column that is missing", file, () => csv(record()).replace("Timestamp", "When"), "unknown-format", {
    says: /not Timestamp/,
  }),
  refused(
    "a needed column that is missing, for a connector that says CSV",
    file,
    () => csv(record()).replace("Timestamp", "When"),
    "missing-column",
    { ...plainCsv, says: /not Timestamp/ },
  ),
  taken("a header and nothing more", file, () => csv(), 0),
  refused("records and no header", file, () => `${record()}\r\n`, "unknown-format"),
  taken(
    "a header in capitals with spaces around",
    file,
    () => csv(record()).replace(header, header.toUpperCase().replaceAll(",", " , ")),
    1,
  ),
  refused(
    "a record with a field too few",
    file,
    () => csv(record(), `${word},${sentAt},ann,${ann},${bob}`, record()),
    "wrong-field-count",
    { says: /line 3/ },
  ),
  refused("a record with a field too many", file, () => csv(record(`${word},more`)), "wrong-field-count", {
    says: /line 2/,
  }),
  refused(
    "a comma that was not quoted, in the 2,000th record",
    file,
    () => csv(...Array.from({ length: 2_000 }, (_, i) => record(`${word} ${i}`)), record(`${word}, x`)),
    "wrong-field-count",
    { says: /line 2002/ },
  ),
  refused("a NUL as a separator", file, () => csv(record()).replaceAll(",", "\0"), "unknown-format", {
    says: /binary/,
  }),
  taken(
    "a column under another name, which is a formula",
    file,
    () => csvWith({ "=Room": word }),
    1,
    ([mail]) => assert.equal(mail?.rows.get("Room"), word),
    { connector: { fieldNames: { RoomName: "=Room" } } },
  ),
  taken(
    "columns whose names objects have of themselves",
    file,
    () => csvWith({ __proto__x: word, constructor: word, toString: word }),
    1,
  ),
  taken("a column called __proto__", file, () => csv(`${record()},${word}`).replace(header, `${header},__proto__`), 1),
];

const fields: HostileCase[] = [
  refused("a record without conversation", file, () => csv(record().replace(`${word} room`, " ")), "missing-field", {
    says: /column ConversationId/,
  }),
  refused("a record without sender", file, () => csv(record().replace(`ann,${ann}`, ",")), "missing-field", {
    says: /ImId and SenderEmail are both empty/,
  }),
  refused(
    "a conversation's id of 1,025 characters",
    file,
    () => csv(record().replace(`${word} room`, "x".repeat(1_025))),
    "too-long",
    { says: /column ConversationId/ },
  ),
  refused("an ImId of 257 characters", file, () => csv(record().replace(",ann,", `,${"x".repeat(257)},`)), "too-long", {
    says: /column ImId/,
  }),
  refused("a name of 257 characters", file, () => csvWith({ SenderName: "x".repeat(257) }), "too-long", {
    says: /column SenderName/,
  }),
  refused("a file's name of 1,025 characters", file, () => csvWith({ Attachment: "x".repeat(1_025) }), "too-long", {
    says: /column Attachment/,
  }),
  refused(
    "21,000 recipients in one record",
    file,
    () => csv(record(word, sentAt, Array.from({ length: 21_000 }, (_, i) => `u${i}@x.example`).join(";"))),
    "too-many",
    { says: /recipients/ },
  ),
  refused(
    "100,000 recipients in one record",
    file,
    () => csv(record(word, sentAt, Array.from({ length: 100_000 }, (_, i) => `u${i}@x.example`).join(";"))),
    "too-many",
    { says: /10000 recipients/ },
  ),
];

/** Quotes, lines, columns. */
export const csvShape: HostileKind = { kind: "CSV", cases: [...quoting, ...lines, ...columns, ...fields] };
