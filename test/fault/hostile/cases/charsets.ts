import assert from "node:assert/strict";
import { cut, type HostileCase, type HostileKind, refused, taken, word } from "../hostile-case.ts";
import { csv, record } from "../make/csv.ts";
import { latin1, utf16be, utf32, withBytes } from "../make/encodings.ts";
import { fileDump, message } from "../make/xml.ts";

const said = `${word} é€ 日本 😀`;
const plain = fileDump(message(said), "");
const declared = (encoding: string, text = said): string =>
  fileDump(message(text), `<?xml version="1.0" encoding="${encoding}"?>`);
const bom = "\ufeff";
const xml = "day.xml";

const comesThrough = (name: string, bytes: () => Buffer, text = said): HostileCase =>
  taken(name, xml, bytes, 1, ([mail]) => assert.equal(mail?.text, text));
const csvComesThrough = (name: string, bytes: () => Buffer): HostileCase =>
  taken(name, "day.csv", bytes, 1, ([mail]) => assert.equal(mail?.text, said));
const unsupported = (name: string, bytes: () => Buffer): HostileCase =>
  refused(name, xml, bytes, "unsupported-charset", { offset: 0, says: /ask for the export in UTF-8/ });

const good: HostileCase[] = [
  comesThrough("UTF-8 with a byte order mark", () => Buffer.from(`${bom}${plain}`)),
  comesThrough("UTF-8 with two byte order marks", () => Buffer.from(`${bom}${bom}${plain}`)),
  comesThrough("UTF-8 with a mark that is declared as windows-1252", () =>
    Buffer.from(`${bom}${declared("windows-1252")}`),
  ),
  comesThrough("UTF-16LE with a mark", () => Buffer.from(`${bom}${declared("UTF-16")}`, "utf16le")),
  comesThrough("UTF-16BE with a mark", () => utf16be(`${bom}${declared("UTF-16")}`)),
  comesThrough("UTF-16LE without a mark", () => Buffer.from(declared("UTF-16LE"), "utf16le")),
  comesThrough("UTF-16BE without a mark", () => utf16be(declared("UTF-16BE"))),
  comesThrough("UTF-16LE with a mark that is declared as UTF-8", () =>
    Buffer.from(`${bom}${declared("UTF-8")}`, "utf16le"),
  ),
  comesThrough("UTF-8 that is declared as UTF-16", () => Buffer.from(declared("UTF-16"))),
  comesThrough("UTF-8 without a declaration", () => Buffer.from(plain)),
  comesThrough("windows-1252", () => withBytes(declared("windows-1252", `${word} EURO`), "EURO", [0x80]), `${word} €`),
  comesThrough("ISO 8859-1", () => latin1(declared("ISO-8859-1", `${word} é`)), `${word} é`),
  comesThrough("ISO 8859-15", () => withBytes(declared("ISO-8859-15", `${word} EURO`), "EURO", [0xa4]), `${word} €`),
  comesThrough("ISO 8859-7", () => withBytes(declared("iso-8859-7", `${word} OMEGA`), "OMEGA", [0xd9]), `${word} Ω`),
  comesThrough("windows-1251", () => withBytes(declared("windows-1251", `${word} YA`), "YA", [0xdf]), `${word} Я`),
  csvComesThrough("a CSV in UTF-8 with a mark", () => Buffer.from(`${bom}${csv(record(said))}`)),
  csvComesThrough("a CSV in UTF-8 with two marks", () => Buffer.from(`${bom}${bom}${csv(record(said))}`)),
  csvComesThrough("a CSV in UTF-16LE with a mark", () => Buffer.from(`${bom}${csv(record(said))}`, "utf16le")),
  csvComesThrough("a CSV in UTF-16BE without a mark", () => utf16be(csv(record(said)))),
  comesThrough(
    "characters of four bytes on every border of the reader's pieces",
    () => Buffer.from(fileDump(message(`${word}${"😀".repeat(100_000)}`))),
    `${word}${"😀".repeat(100_000)}`,
  ),
  comesThrough(
    "the same in UTF-16, one byte off",
    () => utf16be(`${bom}${fileDump(message(`${word}x${"😀".repeat(100_000)}`))}`),
    `${word}x${"😀".repeat(100_000)}`,
  ),
];

const refusals: HostileCase[] = [
  unsupported("UTF-32LE with a mark", () => utf32(`${bom}${plain}`, false)),
  unsupported("UTF-32BE with a mark", () => utf32(`${bom}${plain}`, true)),
  refused("UTF-32LE without a mark", xml, () => utf32(plain, false), "unsupported-charset"),
  refused("UTF-32BE without a mark", xml, () => utf32(plain, true), "unsupported-charset"),
  unsupported("UTF-7", () => Buffer.from(declared("UTF-7", "+ADw-"))),
  unsupported("EBCDIC declared in ASCII", () => Buffer.from(declared("ebcdic-cp-us"))),
  unsupported("Shift_JIS", () => Buffer.from(declared("Shift_JIS"))),
  unsupported("GB18030", () => Buffer.from(declared("gb18030"))),
  unsupported("ISO-2022-JP", () => Buffer.from(declared("iso-2022-jp"))),
  unsupported("an encoding of somebody's own", () => Buffer.from(declared(`x-${word}`))),
  refused(
    "real EBCDIC",
    xml,
    () => Buffer.from([0x4c, 0x6f, 0xa7, 0x94, 0x93, 0x40, 0xa5, 0x85, 0x99]),
    "unknown-format",
  ),
];

/** @param valid how many of the bytes may still become a character */
const badBytes = (name: string, bytes: readonly number[], valid = 0): HostileCase =>
  refused(name, xml, () => withBytes(fileDump(message(`${word} HERE`)), "HERE", bytes), "bad-bytes", {
    offset: Buffer.from(fileDump(message(`${word} HERE`))).indexOf("HERE") + valid,
    says: /not utf-8/,
  });

const damage: HostileCase[] = [
  badBytes("windows-1252 that is taken for UTF-8", [0xe9, 0x20], 1),
  badBytes("an overlong slash", [0xc0, 0xaf]),
  badBytes("an overlong NUL", [0xc0, 0x80]),
  badBytes("an overlong <", [0xe0, 0x80, 0xbc], 1),
  badBytes("half a surrogate pair in UTF-8", [0xed, 0xa0, 0x80], 1),
  badBytes("a whole surrogate pair in UTF-8 (CESU-8)", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 1),
  badBytes("a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80], 1),
  badBytes("a sequence of five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]),
  badBytes("a byte that no UTF-8 has", [0xff]),
  badBytes("a continuation without a start", [0x80]),
  badBytes("a start without a continuation", [0xe2, 0x82, 0x3c], 2),
  refused(
    "half a surrogate pair in UTF-16LE",
    xml,
    () => Buffer.from(`${bom}${fileDump(message(`${word} \ud83d x`))}`, "utf16le"),
    "bad-bytes",
  ),
  refused(
    "surrogates in the wrong order in UTF-16BE",
    xml,
    () => utf16be(`${bom}${fileDump(message(`${word} \ude00\ud83d`))}`),
    "bad-bytes",
  ),
  refused(
    "a byte that ISO 8859-7 leaves free",
    xml,
    () => withBytes(declared("iso-8859-7", "FREE"), "FREE", [0xae]),
    "bad-bytes",
  ),
  refused(
    "a bad byte far behind",
    xml,
    () => withBytes(fileDump(`${message("x".repeat(300_000))}${message("HERE")}`), "HERE", [0xff]),
    "bad-bytes",
  ),
  refused("a CSV in windows-1252", "day.csv", () => latin1(csv(record(`${word} é`))), "bad-bytes"),
  refused(
    "half a surrogate pair in a CSV in UTF-16",
    "day.csv",
    () => Buffer.from(`${bom}${csv(record(`${word}\udc00`))}`, "utf16le"),
    "bad-bytes",
  ),
  cut("an end in the middle of a character", xml, () =>
    Buffer.concat([Buffer.from(plain.slice(0, plain.indexOf("日"))), Buffer.from([0xe6, 0x97])]),
  ),
  cut("UTF-16 with half a character at its end", xml, () => Buffer.from(`${bom}${plain}`, "utf16le").subarray(0, -1)),
  refused(
    "a file that turns from UTF-8 into UTF-16",
    xml,
    () => Buffer.concat([Buffer.from(plain.slice(0, 300)), utf16be(plain.slice(300))]),
    "malformed",
    { says: /does not allow/ },
  ),
  refused(
    "a declaration of two encodings",
    xml,
    () => Buffer.from(plain.replace(/^/, '<?xml version="1.0" encoding="UTF-8" encoding="UTF-7"?>')),
    "malformed",
    { says: /XML declaration/ },
  ),
];

/** How bytes become characters. */
export const charsets: HostileKind = { kind: "charsets", cases: [...good, ...refusals, ...damage] };
