import { gzipSync } from "node:zlib";
import { cut, fileName, type HostileCase, type HostileKind, heavy, refused, taken, word } from "../hostile-case.ts";
import { csv, record } from "../make/csv.ts";
import { pax, type RawEntry, rawTar } from "../make/raw-tar.ts";
import { fileDump } from "../make/xml.ts";

const file = "day.tar.gz";
const chat: RawEntry = { name: "day.csv", content: Buffer.from(csv(record())) };
const noise = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 7919) % 251));
const beside: RawEntry = { name: `${fileName}.bin`, content: noise };
const tgz =
  (entries: readonly RawEntry[], options = {}) =>
  () =>
    gzipSync(rawTar(entries, options));
const whole = gzipSync(rawTar([chat, beside]));
const mebi = 1024 * 1024;

const bad = (name: string, entries: readonly RawEntry[], code: string, options = {}): HostileCase =>
  refused(name, file, tgz(entries, options), code);

const entries: HostileCase[] = [
  bad("a symbolic link", [chat, { name: fileName, type: "2", linkName: "/etc/passwd" }], "link"),
  bad("a hard link", [chat, { name: fileName, type: "1", linkName: "day.csv" }], "link"),
  bad("a character device", [chat, { name: fileName, type: "3" }], "link"),
  bad("a block device", [chat, { name: fileName, type: "4" }], "link"),
  bad("a pipe", [chat, { name: fileName, type: "6" }], "link"),
  bad("a sparse file of GNU", [chat, { ...beside, type: "S" }], "link"),
  bad(
    "a sparse file of pax",
    [chat, pax({ "GNU.sparse.major": "1", "GNU.sparse.realsize": "99999999" }), beside],
    "link",
  ),
  bad("a multi-volume continuation", [chat, { ...beside, type: "M" }], "link"),
  bad("a type that nobody knows", [chat, { ...beside, type: "Z" }], "link"),
  bad("a path that leads out", [chat, { ...beside, name: `../${fileName}` }], "unsafe-path"),
  bad("a path from the root", [chat, { ...beside, name: `/etc/${fileName}` }], "unsafe-path"),
  bad("backslashes", [chat, { ...beside, name: `a\\${fileName}` }], "unsafe-path"),
  bad("a path by pax that leads out", [chat, pax({ path: `../${fileName}` }), beside], "unsafe-path"),
  bad(
    "a path by GNU that leads out",
    [chat, { name: "././@LongLink", type: "L", content: Buffer.from(`../${fileName}\0`) }, beside],
    "unsafe-path",
  ),
  bad("the same name twice", [chat, { ...beside, name: "day.csv" }], "duplicate-path"),
  bad("the same name in capitals", [chat, { ...beside, name: "DAY.CSV" }], "duplicate-path"),
  bad("no name", [chat, { ...beside, name: "" }], "unsafe-path"),
  bad("a path by pax of 600 characters", [chat, pax({ path: fileName + "x".repeat(600) }), beside], "path-too-long"),
  bad("a size by pax that is less than the content", [chat, pax({ size: "10" }), beside], "damaged"),
  bad("a size by pax that is more than the content", [chat, pax({ size: "1000000" }), beside], "truncated-inside"),
  bad("a negative size by pax", [chat, pax({ size: "-5" }), beside], "damaged"),
  bad("a size by pax that is no number", [chat, pax({ size: word }), beside], "damaged"),
  bad("a size by pax of 9 GiB", [chat, pax({ size: String(9 * 1024 ** 3) }), beside], "too-large"),
  bad("a size by pax beyond numbers", [chat, pax({ size: "9".repeat(30) }), beside], "damaged"),
  bad("a size that is not octal", [chat, { ...beside, size: "999999999999" }], "damaged"),
  bad("a size in base 256 of 2^62", [chat, { ...beside, size: "\u0080\0\0\0@\0\0\0\0\0\0\0" }], "damaged"),
  bad("a pax header of 5 MiB", [chat, pax({ comment: "x".repeat(5 * mebi) }), beside], "damaged"),
  bad(
    "a GNU long name of 5 MiB",
    [chat, { name: "././@LongLink", type: "L", content: Buffer.alloc(5 * mebi, "x") }, beside],
    "damaged",
  ),
  taken(
    "a pax header of rubbish",
    file,
    tgz([{ name: "p", type: "x", content: Buffer.from("-5 a=b\n0 x\n 9999 y=z") }, chat]),
    1,
  ),
  taken(
    "pax records with the names of objects' own parts",
    file,
    tgz([pax({ __proto__x: word, constructor: "x" }), pax({ hasOwnProperty: "x" }, "g"), chat]),
    1,
  ),
  bad("a wrong checksum of a header", [chat, { ...beside, checksum: "000001\0 " }], "damaged"),
  bad("content that is not filled up", [{ ...chat, isUnpadded: true }, beside], "damaged"),
  heavy(
    bad(
      "10,001 members",
      Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}` })),
      "too-many-members",
    ),
  ),
  bad("folders only", [{ name: "a/", type: "5" }], "empty"),
  taken("a folder that claims a size", file, tgz([{ name: "a/", type: "5", size: "00000001000" }, chat]), 1),
  bad(
    "a chat file with a DOCTYPE",
    [chat, { name: "b.xml", content: Buffer.from(`<!DOCTYPE x>${fileDump()}`) }],
    "doctype",
  ),
  taken(
    "a tar inside, which is a file like any other",
    file,
    tgz([chat, { name: `${fileName}.tar`, content: rawTar([chat]) }]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  taken(
    "two tars behind one another",
    file,
    () => gzipSync(Buffer.concat([rawTar([chat]), rawTar([beside])])),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  bad("no closing blocks", [chat], "truncated-inside", { closing: 0 }),
  bad("a bomb of 40 MiB", [chat, { ...beside, content: Buffer.alloc(40 * mebi) }], "ratio-too-high"),
];

/** A gzip header (RFC 1952, 2.3) with these flags and this behind it. */
const gzipHead = (flags: number, ...behind: readonly number[]): Buffer =>
  Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, ...behind]);
const changed = (at: number, to: number): Buffer => {
  const bytes = Buffer.from(whole);
  bytes[at < 0 ? bytes.length + at : at] = to;
  return bytes;
};

const gzips: HostileCase[] = [
  refused("a chat file that is gzipped and not in a tar", file, () => gzipSync(fileDump()), "no-tar", {
    says: /no tar/,
  }),
  refused("a chat file of a few bytes that is gzipped", file, () => gzipSync("a,b"), "no-tar"),
  refused(
    "a large CSV that is gzipped",
    file,
    () => gzipSync(csv(...Array.from({ length: 20_000 }, () => record()))),
    "no-tar",
  ),
  refused("gzip in gzip", file, () => gzipSync(gzipSync(rawTar([chat]))), "no-tar"),
  refused("nothing, gzipped", file, () => gzipSync(""), "empty"),
  refused("zeros, gzipped", file, () => gzipSync(Buffer.alloc(2_048)), "empty"),
  taken(
    "a tar in two gzip members",
    file,
    () => Buffer.concat([gzipSync(rawTar([chat], { closing: 0 })), gzipSync(rawTar([beside]))]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  taken("zeros behind the gzip", file, () => Buffer.concat([gzipSync(rawTar([chat])), Buffer.alloc(1_000)]), 1),
  refused("rubbish behind the gzip", file, () => Buffer.concat([whole, Buffer.from(word)]), "damaged"),
  refused(
    "a cut gzip behind the gzip",
    file,
    () => Buffer.concat([whole, gzipSync(rawTar([{ ...beside, name: `${fileName}.2` }])).subarray(0, 100)]),
    "truncated",
    {},
  ),
  refused("a wrong CRC", file, () => changed(-8, (whole.at(-8) ?? 0) ^ 1), "damaged"),
  refused("a wrong length", file, () => changed(-1, 9), "damaged"),
  refused("a compression method that is none", file, () => changed(2, 9), "damaged"),
  refused("reserved flags", file, () => changed(3, 0xe0), "damaged"),
  cut("a header and nothing more", file, () => gzipHead(0)),
  cut("an extra field that claims more than there is", file, () => gzipHead(4, 0xff, 0xff, 1)),
  cut("a name that never ends", file, () => Buffer.concat([gzipHead(8), Buffer.alloc(100_000, word)])),
  refused("a deflate block of a type that is none", file, () => gzipHead(0, 7), "damaged"),
  refused("a stored block whose length is wrong", file, () => gzipHead(0, 1, 5, 0, 5, 0), "damaged"),
  ...[0.1, 0.5, 0.9].map((share) => cut(`${share * 100} % of it`, file, () => whole.subarray(0, whole.length * share))),
  refused("a bomb of 64 MiB in a gzip without tar", file, () => gzipSync(Buffer.alloc(64 * mebi)), "ratio-too-high"),
  refused("a bomb of text in a gzip without tar", file, () => gzipSync(Buffer.alloc(64 * mebi, word)), "no-tar"),
];

/** The cases that seem cut from within count as cut. */
function withCuts(cases: readonly HostileCase[]): HostileCase[] {
  return cases.map((one) => {
    const { expected } = one;
    if (expected.state !== "rejected" || !expected.code.startsWith("truncated")) return one;
    return { ...one, expected: { ...expected, state: "incomplete", code: "truncated" } };
  });
}

/** Tar and gzip. */
export const tars: HostileKind = { kind: "tar and gzip", cases: withCuts([...entries, ...gzips]) };
