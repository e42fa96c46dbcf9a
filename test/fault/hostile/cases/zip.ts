import { deflateRawSync } from "node:zlib";
import { cut, fileName, type HostileCase, type HostileKind, heavy, refused, taken, word } from "../hostile-case.ts";
import { csv, record } from "../make/csv.ts";
import { type RawEnd, type RawMember, rawZip, zip64End, zip64Extra } from "../make/raw-zip.ts";
import { fileDump, message } from "../make/xml.ts";

const file = "day.zip";
const chat: RawMember = { name: "day.csv", content: Buffer.from(csv(record())) };
const noise = Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 251));
const beside: RawMember = { name: `${fileName}.bin`, content: noise };
const zip = (members: readonly RawMember[], end?: RawEnd) => () => rawZip(members, end);
const bad = (name: string, members: readonly RawMember[], code: string, end?: RawEnd): HostileCase =>
  refused(name, file, zip(members, end), code);
const path = (name: string, path: string | Buffer, code = "unsafe-path"): HostileCase =>
  bad(name, [chat, { ...beside, name: path }], code);
/** PKWARE's old encryption puts twelve bytes before the content. */
const locked = (member: RawMember): RawMember => ({
  ...member,
  flags: 1,
  packedSize: (member.content?.length ?? 0) + 12,
  behind: Buffer.alloc(12),
});
const mebi = 1024 * 1024;

const bombs: HostileCase[] = [
  bad("40 MiB of zeros", [chat, { ...beside, content: Buffer.alloc(40 * mebi), method: 8 }], "ratio-too-high"),
  bad(
    "ten members of 5 MiB of zeros",
    [chat, ...Array.from({ length: 10 }, (_, i) => ({ name: `${i}`, content: Buffer.alloc(5 * mebi), method: 8 }))],
    "ratio-too-high",
  ),
  bad(
    "a member that claims 9 GiB",
    [chat, { ...beside, size: 0xffffffff, extra: zip64Extra(9n * 1024n ** 3n) }],
    "damaged",
  ),
  bad(
    "a packed member that claims 9 GiB",
    [chat, { ...beside, method: 8, size: 0xffffffff, extra: zip64Extra(9n * 1024n ** 3n) }],
    "too-large",
  ),
  bad(
    "a member that claims more than numbers can hold",
    [chat, { ...beside, method: 8, size: 0xffffffff, extra: zip64Extra(2n ** 64n - 1n) }],
    "damaged",
  ),
  bad(
    "a member that expands to more than it claims",
    [chat, { ...beside, content: Buffer.alloc(8 * mebi), method: 8, size: 1_000 }],
    "damaged",
  ),
  bad("a member that expands to less than it claims", [chat, { ...beside, method: 8, size: 1_000_000 }], "damaged"),
  bad(
    "two members that share their content",
    [chat, beside, { ...beside, name: "b", localName: beside.name, offset: 30 + 7 + (chat.content?.length ?? 0) }],
    "ratio-too-high",
  ),
  bad(
    "a member whose content holds another's header",
    [
      chat,
      { ...beside, content: rawZip([{ ...beside, name: "b.bin" }]) },
      { ...beside, name: "b.bin", offset: 30 + 7 + (chat.content?.length ?? 0) + 30 + beside.name.length },
    ],
    "ratio-too-high",
  ),
  bad(
    "10,001 members",
    Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}.txt` })),
    "too-many-members",
  ),
  taken(
    "500 chat files",
    file,
    zip(
      Array.from({ length: 500 }, (_, i) => ({ name: `${i}.csv`, content: Buffer.from(csv(record(`${word} ${i}`))) })),
    ),
    500,
    undefined,
    { isHeavy: true, longestInMs: 60_000 },
  ),
  taken(
    "a zip inside with its own chats, beside a chat",
    file,
    zip([chat, { name: `${fileName}.zip`, content: rawZip([chat]) }]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  refused(
    "a zip that holds a zip only",
    file,
    zip([{ name: `${fileName}.zip`, content: rawZip([chat]) }]),
    "unknown-format",
    { says: /None of the archive's 1 files/ },
  ),
  refused(
    "zips 50 deep",
    file,
    () =>
      Array.from({ length: 50 }).reduce<Buffer>(
        (inner) => rawZip([{ name: `${fileName}.zip`, content: inner }]),
        rawZip([chat]),
      ),
    "unknown-format",
  ),
  taken(
    "a bomb inside of a zip inside, which is a file like any other",
    file,
    zip([
      chat,
      { name: `${fileName}.zip`, content: rawZip([{ name: "z", content: Buffer.alloc(40 * mebi), method: 8 }]) },
    ]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
];

const lies: HostileCase[] = [
  bad("a wrong checksum", [chat, { ...beside, crc: 1 }], "damaged"),
  bad("a wrong checksum of the chat file", [{ ...chat, crc: 1 }], "damaged"),
  bad("another name in front of the content", [{ ...chat, localName: "DAY.csv" }], "damaged"),
  bad("an offset behind the end", [chat, { ...beside, offset: 0x7fffffff }], "damaged"),
  bad("an offset into the content", [chat, { ...beside, offset: 40 }], "ratio-too-high"),
  bad("a directory that is said to lie elsewhere", [chat], "damaged", { directoryOffset: 3 }),
  bad("a directory that is said to lie behind the end", [chat], "damaged", { directoryOffset: 0x7fffffff }),
  bad("fewer members told than there are", [chat, beside], "damaged", { count: 1 }),
  heavy(
    bad(
      "65,537 members, told as one",
      Array.from({ length: 65_537 }, (_, i) => (i === 0 ? chat : { name: `${i}` })),
      "damaged",
    ),
  ),
  bad("more members told than there are", [chat], "damaged", { count: 2 }),
  bad("no members told", [chat], "damaged", { count: 0 }),
  taken(
    "a directory of another size than told, of which nothing is missing",
    file,
    zip([chat], { directorySize: 10 }),
    1,
  ),
  bad("a chat that the directory does not name", [chat, { ...chat, name: "b.csv", isHidden: true }], "damaged"),
  bad(
    "a chat before the first that the directory names",
    [{ ...chat, name: "b.csv", isHidden: true }, chat],
    "damaged",
  ),
  bad("a volume of several", [chat], "damaged", { disk: 1 }),
  bad("zip64 records that lead nowhere", [chat], "damaged", { beforeEnd: zip64End(1n, 1n, 0n, 2n ** 62n) }),
  bad("zip64 that tells 2^60 members", [chat], "damaged", {
    beforeEnd: zip64End(
      2n ** 60n,
      60n,
      30n + 7n + BigInt(chat.content?.length ?? 0),
      30n + 7n + BigInt(chat.content?.length ?? 0) + 53n,
    ),
  }),
  bad("an extra field longer than its place", [{ ...chat, extra: Buffer.from([1, 0, 0xff, 0xff]) }], "damaged"),
  bad("a comment shorter than told", [chat], "damaged", { commentLength: 9 }),
  bad("a second end record in the comment", [chat], "damaged", { comment: rawZip([]) }),
  taken("a comment", file, zip([chat], { comment: Buffer.from(word) }), 1),
  bad("bytes behind the end", [chat], "damaged", { comment: noise, commentLength: 0 }),
  cut("an end that is cut off", file, () => rawZip([chat, beside]).subarray(0, -5)),
  cut("half of it", file, () => rawZip([chat, beside]).subarray(0, 2_000)),
  bad("a password", [locked(chat)], "encrypted"),
  bad("a password on a file beside", [chat, locked(beside)], "encrypted"),
  bad("strong encryption", [{ ...chat, flags: 0x41 }], "encrypted"),
  ...[1, 6, 9, 12, 14, 93, 95, 98, 99].map((method) =>
    bad(`compression method ${method}`, [{ ...chat, method }], "unsupported-method"),
  ),
  bad(
    "deflate that is none",
    [{ ...chat, method: 8, content: noise, packedSize: noise.length }].map((member) => ({
      ...member,
      content: deflateRawSync(noise),
      method: 0,
      size: 1,
    })),
    "damaged",
  ),
  bad("no member at all", [], "empty"),
  bad("folders only", [{ name: "a/", mode: 0o040755 }], "empty"),
  refused(
    "an end record alone, with bytes before it",
    file,
    () => Buffer.concat([Buffer.from("PK\u0005\u0006"), rawZip([])]),
    "empty",
  ),
];

const paths: HostileCase[] = [
  path("a path that leads out", `../${fileName}`),
  path("a path that leads out in its middle", `a/../../${fileName}`),
  path("a path that leads out and in again", `a/../${fileName}`),
  path("a path from the root", `/etc/${fileName}`),
  path("a drive", `C:${fileName}`),
  path("a network share", `\\\\host\\${fileName}`),
  path("backslashes", `a\\${fileName}`),
  path("a NUL", `${fileName}\0.csv`),
  path("a control character", `${fileName}\u001b[2J`),
  path("a line end", `${fileName}\r\nX`),
  path("no name", ""),
  path("dots only", "..", "unsafe-path"),
  path("a path of 600 characters", `${fileName}${"x".repeat(600)}`, "path-too-long"),
  path("the same name twice", "day.csv", "duplicate-path"),
  path("the same name in capitals", "DAY.CSV", "duplicate-path"),
  path("the same path with a dot in it", "./day.csv", "duplicate-path"),
  bad(
    "two names that differ by how their letters are composed",
    [chat, { ...beside, name: "zo\u00e9" }, { ...beside, name: "zoe\u0301" }],
    "duplicate-path",
  ),
  bad(
    "two names of bytes that are no UTF-8",
    [chat, { ...beside, name: Buffer.from([0xff]) }, { ...beside, name: Buffer.from([0xfe]) }],
    "duplicate-path",
  ),
  bad("a symbolic link", [chat, { ...beside, mode: 0o120777, content: Buffer.from("/etc/passwd") }], "link"),
  bad("a device", [chat, { ...beside, mode: 0o020666 }], "link"),
  bad("a pipe", [chat, { ...beside, mode: 0o010666 }], "link"),
  taken(
    "names of bytes that are no UTF-8",
    file,
    zip([chat, { ...beside, name: Buffer.concat([Buffer.from(fileName), Buffer.from([0xff])]) }]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  path("a file called __proto__", "__proto__"),
  taken(
    "a name that turns the direction of reading",
    file,
    zip([chat, { ...beside, name: `${fileName}\u202evsc.exe` }]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
  taken(
    "junk of Macs and Windows",
    file,
    zip([
      chat,
      { ...beside, name: "__MACOSX/._day.csv" },
      { ...beside, name: ".DS_Store" },
      { ...beside, name: "Thumbs.db" },
    ]),
    1,
  ),
];

const inside: HostileCase[] = [
  refused(
    "a broken chat file beside a good one",
    file,
    zip([chat, { name: "b.xml", content: Buffer.from(fileDump(message("&x;"))) }]),
    "malformed",
  ),
  cut(
    "a chat file that is cut, beside a good one",
    file,
    zip([chat, { name: "b.xml", content: Buffer.from(fileDump().slice(0, -5)) }]),
  ),
  refused(
    "a chat file with a DOCTYPE",
    file,
    zip([chat, { name: "b.xml", content: Buffer.from(`<!DOCTYPE x>${fileDump()}`) }]),
    "doctype",
  ),
  refused("a chat file without a byte", file, zip([{ name: "b.xml" }]), "unknown-format", {
    says: /None of the archive's 1 files/,
  }),
  taken(
    "a web page with a DOCTYPE is a file like any other",
    file,
    zip([chat, { name: `${fileName}.html`, content: Buffer.from("<!DOCTYPE html><p>x") }]),
    1,
    undefined,
    { unclaimed: 1 },
  ),
];

/** Zip archives: bombs, lies, paths, and what is inside. */
export const zips: HostileKind = { kind: "zip", cases: [...bombs, ...lies, ...paths, ...inside] };
