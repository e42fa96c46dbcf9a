import assert from "node:assert/strict";
import { cut, fileName, type HostileCase, type HostileKind, refused, taken, word } from "../hostile-case.ts";
import { csv, header, record } from "../make/csv.ts";
import { noise } from "../make/encodings.ts";
import { rawTar } from "../make/raw-tar.ts";
import { rawZip } from "../make/raw-zip.ts";
import { ann, bob, fileDump, sentAt } from "../make/xml.ts";

const xml = { connector: { format: "filedump-actiance" } } as const;
const plainCsv = { connector: { format: "flat-csv" } } as const;
const mebi = 1024 * 1024;
const empty = (name: string, bytes: string, more: Partial<HostileCase> = {}): HostileCase =>
  cut(name, "day.xml", () => bytes, "empty-file", more);
const unknown = (name: string, file: string, bytes: () => Buffer | string, says: RegExp): HostileCase =>
  refused(name, file, bytes, "unknown-format", { says });

const nothing: HostileCase[] = [
  empty("not a byte", ""),
  empty("not a byte, for a connector that says what it is", "", xml),
  empty("a byte order mark and nothing more", "\ufeff"),
  empty("spaces and line ends only", " \r\n\t\n  "),
  empty("a byte order mark and a line end", "\ufeff\r\n"),
  cut("a byte order mark for a connector that says XML", "day.xml", () => "\ufeff", "truncated", xml),
  refused("a byte order mark for a connector that says CSV", "day.csv", () => "\ufeff", "missing-column", plainCsv),
  ...["<", "<?", "<!-", "<FileDump"].map((start) => cut(`${start} and nothing more`, "day.xml", () => start)),
  ...["a", "\0", '"', "&", "\u001f", "P", "="].map((start) =>
    refused(`${JSON.stringify(start)} and nothing more`, "day.csv", () => start, "unknown-format"),
  ),
  refused("0x85, as OpenPGP begins, and nothing more", "day.csv", () => Buffer.from([0x85]), "unknown-format"),
];

const endless: HostileCase[] = [
  unknown("a megabyte of zeros", "day.csv", () => Buffer.alloc(mebi), /binary/),
  refused("zeros for a connector that says XML", "day.xml", () => Buffer.alloc(mebi), "malformed", xml),
  refused("zeros for a connector that says CSV", "day.csv", () => Buffer.alloc(mebi), "bad-value", plainCsv),
  unknown("64 MiB of zeros", "day.csv", () => Buffer.alloc(64 * mebi), /binary/),
  refused(
    "64 MiB of zeros for a connector that says CSV",
    "day.csv",
    () => Buffer.alloc(64 * mebi),
    "too-long",
    plainCsv,
  ),
  refused("20 MiB of noise", "day.csv", () => noise(20 * mebi), "malformed", xml),
  refused("16 MiB of <", "day.xml", () => "<".repeat(16 * mebi), "malformed", xml),
  refused("16 MiB of spaces for a connector that says XML", "day.xml", () => " ".repeat(16 * mebi), "too-long", xml),
].map((one) => ({ ...one, ...(one.name.includes("MiB") ? { isHeavy: true as const, longestInMs: 60_000 } : {}) }));

const otherNames: HostileCase[] = [
  taken("an XML that is called CSV", "day.csv", () => fileDump(), 1),
  taken("a CSV that is called XML", "day.xml", () => csv(record()), 1),
  taken(
    "a zip that is called XML",
    "day.xml",
    () => rawZip([{ name: "a.csv", content: Buffer.from(csv(record())) }]),
    1,
  ),
  taken("a CSV that is called PGP, for a connector of plain files", "day.csv.pgp", () => csv(record()), 1),
  refused("an XML for a connector that says CSV", "day.xml", () => fileDump(), "malformed", plainCsv),
  refused("a CSV for a connector that says XML", "day.csv", () => csv(record()), "malformed", xml),
  cut("a zip behind the beginning of an XML comment", "day.xml", () =>
    Buffer.concat([Buffer.from("<!--"), rawZip([{ name: "a", content: Buffer.from(fileDump()) }])]),
  ),
  refused(
    "an XML with a zip behind it",
    "day.xml",
    () => Buffer.concat([Buffer.from(fileDump()), rawZip([{ name: "a", content: Buffer.from(fileDump()) }])]),
    "malformed",
  ),
  refused(
    "a zip with an XML before it, which the directory knows of",
    "day.zip",
    () => rawZip([{ name: "a", content: Buffer.from(csv(record())) }], { before: Buffer.from(fileDump()) }),
    "malformed",
  ),
  taken(
    "a CSV whose first column begins with an accented letter",
    "day.csv",
    () => [`Événement,${header}`, `${word},${record()}`].join("\n"),
    1,
    ([mail]) => assert.equal(mail?.text, `${word} text`),
    { connector: { fieldNames: { MessageId: "Événement" } } },
  ),
];

const user = `<User><LoginName>${ann}</LoginName></User><DateTimeUTC>${sentAt}</DateTimeUTC><Content>${word}</Content>`;

const vendors: HostileCase[] = [
  unknown(
    "an Instant Bloomberg dump",
    "day.xml",
    () => `<FileDump><Message>${user}</Message></FileDump>`,
    /root element FileDump/,
  ),
  unknown(
    "a mail",
    "day.xml",
    () => `From: ${ann}\r\nTo: ${bob}\r\nSubject: ${word}\r\n\r\n${word}`,
    /text whose first line/,
  ),
  unknown("a web page", "day.xml", () => `<html><body>${word}</body></html>`, /root element html/),
  refused("a web page with a DOCTYPE", "day.xml", () => `<!DOCTYPE html><html>${word}</html>`, "doctype"),
  unknown("a feed", "day.xml", () => `<?xml version="1.0"?><rss><channel>${word}</channel></rss>`, /root element rss/),
  unknown(
    "a SOAP envelope",
    "day.xml",
    () => `<soap:Envelope xmlns:soap="urn:x"><soap:Body>${word}</soap:Body></soap:Envelope>`,
    /root element Envelope/,
  ),
  unknown("XML whose root's name is a sentence", "day.xml", () => `<${word.repeat(20)}></x>`, /no plain name/),
  unknown("a JSON document", "day.jsonl", () => JSON.stringify({ messages: [word] }), /JSON/),
  unknown("JSON Lines", "day.jsonl", () => `${JSON.stringify({ text: word, lone: "\\ud83d" })}\n`, /JSON/),
  unknown(
    "a Slack export",
    "day.zip",
    () => rawZip([{ name: `${fileName}/2026-06-03.json`, content: Buffer.from(JSON.stringify([{ text: word }])) }]),
    /None of the archive's 1 files/,
  ),
  unknown(
    "a spreadsheet",
    "day.csv",
    () =>
      rawZip([
        { name: "[Content_Types].xml", content: Buffer.from("<Types/>") },
        { name: "xl/workbook.xml", content: Buffer.from("<workbook/>") },
      ]),
    /None of the archive's 2 files/,
  ),
  unknown(
    "an old spreadsheet",
    "day.csv",
    () => Buffer.from(`d0cf11e0a1b11ae1${"00".repeat(600)}`, "hex"),
    /Office or Outlook/,
  ),
  unknown("a PDF", "day.xml", () => `%PDF-1.7\n${word}`, /PDF/),
  unknown("a 7-Zip archive", "day.zip", () => Buffer.from("377abcaf271c0004", "hex"), /7-Zip archive; ask for \.zip/),
  unknown("a RAR archive", "day.zip", () => Buffer.from("526172211a070100", "hex"), /RAR archive/),
  unknown("xz data", "day.xml", () => Buffer.from("fd377a585a000004", "hex"), /xz data/),
  unknown("bzip2 data", "day.xml", () => "BZh91AY&SY", /bzip2 data/),
  unknown("zstd data", "day.xml", () => Buffer.from("28b52ffd04000100", "hex"), /zstd data/),
  unknown(
    "a tar that is not gzipped",
    "day.zip",
    () => rawTar([{ name: fileName, content: Buffer.from(csv(record())) }]),
    /tar archive that is not gzipped/,
  ),
  unknown(
    "a tar that is not gzipped and begins with its chat's name",
    "day.csv",
    () => rawTar([{ name: "Text", content: Buffer.from(word) }]),
    /tar archive/,
  ),
  unknown(
    "an Outlook data file",
    "day.csv",
    () => Buffer.from(`2142444e${"00".repeat(600)}`, "hex"),
    /Outlook data file/,
  ),
  unknown("a database", "day.csv", () => `SQLite format 3\0${"\0".repeat(600)}`, /SQLite/),
  unknown("a program", "day.csv", () => Buffer.from(`7f454c46${"00".repeat(600)}`, "hex"), /binary/),
  unknown("a checksum file", "day.csv", () => `${"0".repeat(64)}  ${word}.xml\n`, /1 columns/),
  unknown("a directory listing", "day.csv", () => `total 0\n-rw-r--r-- ${word}\n`, /columns/),
  unknown(
    "an error page of a proxy, told in a CSV",
    "day.csv",
    () => `HTTP/1.1 502 Bad Gateway\r\n\r\n${word}`,
    /columns/,
  ),
  unknown(
    "other columns than ours",
    "day.csv",
    () => `From,To,Date,Body\n${ann},${bob},${sentAt},${word}\n`,
    /4 columns, but not ConversationId/,
  ),
  unknown(
    "a header alone of other columns, with the chat's words in it",
    "day.csv",
    () => `${word},${header.replace("Text", word)}\n`,
    /but not Text;/,
  ),
];

/** Files that are no chats, are called otherwise, are nothing, or never end. */
export const oddFiles: HostileKind = { kind: "odd files", cases: [...nothing, ...endless, ...otherNames, ...vendors] };
