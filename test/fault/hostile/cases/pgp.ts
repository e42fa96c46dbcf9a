import assert from "node:assert/strict";
import { createMessage, encrypt, enums, sign } from "openpgp";
import { makeMessage } from "../../../contract/pgp/messages.ts";
import {
  cut,
  fileName,
  type HostileCase,
  type HostileKind,
  refused,
  refusedSomehow,
  taken,
  word,
} from "../hostile-case.ts";
import { csv, record } from "../make/csv.ts";
import type { Keys } from "../make/keys.ts";
import { armored, literal, packet, type SealOptions, sealed, zipped } from "../make/pgp.ts";

const file = "day.csv.pgp";
const chat = Buffer.from(csv(record(), ...Array.from({ length: 40 }, (_, i) => record(`${word} ${i}`))));
const items = 41;
const pgp = { encryption: "pgp" } as const;
const signed = { encryption: "pgp-signed" } as const;
const message =
  (options = {}) =>
  (keys: Keys) =>
    makeMessage(chat, keys.own.publicKey, options);
const seal =
  (inner: (keys: Keys) => Uint8Array, options: SealOptions = {}) =>
  (keys: Keys) =>
    sealed(keys.own.publicKey, inner(keys), options);
const plain = (): Buffer => literal(chat);

const bad = (name: string, bytes: HostileCase["bytes"], code: string, more: Partial<HostileCase> = {}): HostileCase =>
  refused(name, file, bytes, code, { ...pgp, ...more });
const good = (name: string, bytes: HostileCase["bytes"], more: Partial<HostileCase> = {}): HostileCase =>
  taken(name, file, bytes, items, (mails) => assert.equal(mails.length, items), { ...pgp, ...more });
const cutOff = (name: string, bytes: HostileCase["bytes"]): HostileCase => cut(name, file, bytes, "truncated", pgp);

async function bytesOf(encrypted: Promise<unknown>): Promise<Buffer> {
  const bytes = await encrypted;
  assert.ok(bytes instanceof Uint8Array || typeof bytes === "string");
  return Buffer.from(bytes);
}

const whole: HostileCase[] = [
  good("a message as it should be", message()),
  good("one that is compressed", message({ compression: "zlib" })),
  good("one by hand, in one packet", seal(plain)),
  good(
    "one whose packets have the old headers",
    seal(() => literal(chat, "", { isOld: true })),
  ),
  good(
    "one in pieces of 512 bytes",
    seal(() => literal(chat, "", { partial: 9 }), { form: { partial: 9 } }),
  ),
  good("a marker before it", seal(plain, { before: packet(10, Buffer.from("PGP")) })),
  good("padding before it", seal(plain, { before: packet(21, Buffer.alloc(300, 7)) })),
  good(
    "a literal packet named as a path",
    seal(() => literal(chat, `../../${fileName}`)),
  ),
  good(
    "a literal packet that is for the eyes only",
    seal(() => literal(chat, "_CONSOLE")),
  ),
  good(
    "a literal packet with a name of 255 characters",
    seal(() => literal(chat, fileName.padEnd(255, "\u0007"))),
  ),
  good("a signature where none is asked for", (keys) =>
    makeMessage(chat, keys.own.publicKey, { signer: keys.other.privateKey }),
  ),
];

const frames: HostileCase[] = [
  cutOff("the first octet alone", async (keys) => (await message()(keys)).subarray(0, 1)),
  cutOff("a header that is cut", async (keys) => (await message()(keys)).subarray(0, 2)),
  cutOff("a session key that is cut", async (keys) => (await message()(keys)).subarray(0, 50)),
  cutOff("the session key without data", async (keys) => {
    const bytes = await seal(plain)(keys);
    return bytes.subarray(0, bytes.indexOf(Buffer.from([0xd2, 0xff])));
  }),
  cutOff("the header of the data without data", async (keys) => {
    const bytes = await seal(plain)(keys);
    return bytes.subarray(0, bytes.indexOf(Buffer.from([0xd2, 0xff])) + 6);
  }),
  ...[0.25, 0.5, 0.75].map((share) =>
    cutOff(`${share * 100} % of it`, async (keys) => {
      const bytes = await message()(keys);
      return bytes.subarray(0, bytes.length * share);
    }),
  ),
  cutOff("all but the last octet", async (keys) => (await message()(keys)).subarray(0, -1)),
  cutOff("all but the integrity code", async (keys) => (await message()(keys)).subarray(0, -22)),
  cutOff("data that claims 4 GiB", seal(plain, { form: { length: 0xffffffff } })),
  bad("data that claims less than there is", seal(plain, { form: { length: 1_000 } }), "damaged"),
  bad("data that claims nothing", seal(plain, { form: { length: 0 } }), "damaged"),
  bad("a byte behind the message", seal(plain, { behind: Buffer.from("\n") }), "damaged"),
  bad(
    "a second message behind it",
    async (keys) => Buffer.concat([await message()(keys), await message()(keys)]),
    "damaged",
  ),
  bad("a literal packet before it", seal(plain, { before: literal(chat) }), "not-encrypted"),
  bad("a literal packet between key and data", seal(plain, { between: literal(chat) }), "damaged"),
  bad("a session key packet of 100 KiB", seal(plain, { before: packet(1, Buffer.alloc(100_000)) }), "damaged"),
  bad(
    "1,001 session keys",
    seal(plain, { before: Buffer.concat(Array.from({ length: 1_001 }, () => packet(1, Buffer.alloc(20, 3)))) }),
    "damaged",
  ),
  good(
    "500 session keys for others before ours",
    seal(plain, {
      before: Buffer.concat(
        Array.from({ length: 500 }, (_, i) => packet(1, Buffer.from([3, 1, 2, 3, 4, 5, 6, i >> 8, i, 18, 0, 8, 1, 0]))),
      ),
    }),
  ),
  bad(
    "500 session keys, all for others",
    () =>
      Buffer.concat([
        ...Array.from({ length: 500 }, (_, i) =>
          packet(1, Buffer.from([3, 1, 2, 3, 4, 5, 6, i >> 8, i, 18, 0, 8, 1, 0])),
        ),
        packet(18, Buffer.alloc(500, 1)),
      ]),
    "wrong-key",
  ),
  bad("data of a version that nobody knows", seal(plain, { version: 9 }), "unsupported-algorithm"),
  bad("data and no session key", () => packet(18, Buffer.alloc(2_000, 1)), "damaged"),
];

const insides: HostileCase[] = [
  bad("no integrity code", seal(plain, { integrity: "none" }), "tampered"),
  bad("a wrong integrity code", seal(plain, { integrity: "wrong" }), "tampered"),
  bad("an integrity code of nothing", seal(plain, { integrity: "of-nothing" }), "tampered"),
  bad(
    "data without integrity protection",
    (keys) =>
      seal(plain)(keys).then((bytes) => {
        const changed = Buffer.from(bytes);
        changed[bytes.indexOf(Buffer.from([0xd2, 0xff]))] = 0xc9;
        return changed;
      }),
    "no-integrity-protection",
  ),
  bad(
    "nothing inside",
    seal(() => Buffer.alloc(0)),
    "damaged",
  ),
  bad(
    "rubbish inside",
    seal(() => Buffer.from(word.repeat(50))),
    "damaged",
  ),
  bad(
    "two literal packets inside",
    seal(() => Buffer.concat([plain(), plain()])),
    "damaged",
  ),
  bad(
    "a literal packet behind compressed data",
    seal(() => Buffer.concat([zipped(plain()), plain()])),
    "damaged",
  ),
  bad(
    "a literal packet that claims less than there is",
    seal(() => literal(chat, "", { length: 100 })),
    "damaged",
  ),
  bad(
    "a literal packet that claims more than there is",
    seal(() => literal(chat, "", { length: chat.length + 1_000 })),
    "damaged",
  ),
  bad(
    "a literal packet whose name is longer than it",
    seal(() => packet(11, Buffer.from([0x62, 0xff, 0x41]))),
    "damaged",
  ),
  bad(
    "a marker for content",
    seal(() => packet(10, Buffer.from("PGP"))),
    "damaged",
  ),
  bad(
    "a signature for content",
    seal(() => packet(2, Buffer.alloc(40, 4))),
    "damaged",
  ),
  bad(
    "a trust packet for content",
    seal(() => packet(12, Buffer.from(word))),
    "damaged",
  ),
  bad(
    "a packet of a kind that nobody knows for content",
    seal(() => packet(60, Buffer.from(word))),
    "damaged",
  ),
  good(
    "padding beside the content",
    seal(() => Buffer.concat([packet(21, Buffer.alloc(100)), plain()])),
  ),
  bad(
    "compressed content that is compressed once more",
    seal(() => zipped(zipped(plain()))),
    "damaged",
  ),
  bad(
    "a message inside the message",
    async (keys) => sealed(keys.own.publicKey, literal(await message()(keys))),
    "still-encrypted",
  ),
  bad(
    "encrypted data inside encrypted data",
    async (keys) => sealed(keys.own.publicKey, await message()(keys)),
    "damaged",
  ),
  bad(
    "a key inside",
    (keys) => sealed(keys.own.publicKey, literal(Buffer.from(keys.other.armoredPublic))),
    "unknown-format",
  ),
  cut(
    "a chat that is cut inside of a whole message",
    file,
    seal(() => literal(Buffer.from(`${csv(record())}"${word}`))),
    "truncated",
    pgp,
  ),
  bad(
    "a chat with a bad byte inside of a whole message",
    seal(() => literal(Buffer.concat([chat, Buffer.from([0xff])]))),
    "bad-bytes",
  ),
];

const notMessages: HostileCase[] = [
  bad("a file that is not encrypted", () => chat, "not-encrypted"),
  bad("a public key", (keys) => keys.own.armoredPublic, "not-encrypted"),
  bad("a private key", (keys) => keys.other.armoredPrivate, "not-encrypted"),
  bad("a public key in binary", (keys) => keys.own.publicKey.write(), "not-encrypted"),
  bad(
    "a message that is only signed",
    async (keys) =>
      bytesOf(
        sign({ message: await createMessage({ binary: chat }), signingKeys: keys.other.privateKey, format: "binary" }),
      ),
    "not-encrypted",
  ),
  bad("a message that is only compressed", () => zipped(plain()), "not-encrypted"),
  bad(
    "a signed text in the clear",
    () => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${word}\n-----BEGIN PGP SIGNATURE-----\n`,
    "not-encrypted",
  ),
  bad("a message for somebody else", (keys) => makeMessage(chat, keys.other.publicKey), "wrong-key"),
  bad(
    "a message for a password",
    async () => bytesOf(encrypt({ message: await createMessage({ binary: chat }), passwords: word, format: "binary" })),
    "password-only",
  ),
  bad("a zip with a password", () => Buffer.from("PK\u0003\u0004rest"), "not-encrypted"),
  refused("an encrypted file for a connector of plain ones", file, message(), "still-encrypted", {
    says: /Set its encryption to pgp/,
  }),
  refused(
    "an armored one for a connector of plain ones",
    file,
    async (keys) => armored(await message()(keys)),
    "still-encrypted",
  ),
];

const signatures: HostileCase[] = [
  good(
    "signed by the sender",
    (keys) => makeMessage(chat, keys.own.publicKey, { signer: keys.signer.privateKey }),
    signed,
  ),
  bad("signed by nobody", message(), "unsigned", signed),
  bad(
    "signed by somebody else",
    (keys) => makeMessage(chat, keys.own.publicKey, { signer: keys.other.privateKey }),
    "unknown-signer",
    signed,
  ),
  bad(
    "signed by ourselves",
    (keys) => makeMessage(chat, keys.own.publicKey, { signer: keys.own.privateKey }),
    "unknown-signer",
    signed,
  ),
  bad(
    "signed and not encrypted",
    async (keys) =>
      bytesOf(
        sign({ message: await createMessage({ binary: chat }), signingKeys: keys.signer.privateKey, format: "binary" }),
      ),
    "not-encrypted",
    signed,
  ),
  bad(
    "a signature of another text",
    async (keys) => {
      const other = await bytesOf(
        sign({
          message: await createMessage({ binary: Buffer.from(word) }),
          signingKeys: keys.signer.privateKey,
          format: "binary",
        }),
      );
      const [onePass, , signature] = splitPackets(other);
      return sealed(keys.own.publicKey, Buffer.concat([onePass ?? other, plain(), signature ?? other]));
    },
    "bad-signature",
    signed,
  ),
  bad(
    "a signature that is announced and never comes",
    async (keys) => {
      const other = await bytesOf(
        sign({ message: await createMessage({ binary: chat }), signingKeys: keys.signer.privateKey, format: "binary" }),
      );
      const [onePass, content] = splitPackets(other);
      return sealed(keys.own.publicKey, Buffer.concat([onePass ?? other, content ?? other]));
    },
    "damaged",
    signed,
  ),
  bad(
    "a signature without the content",
    async (keys) => {
      const other = await bytesOf(
        sign({
          message: await createMessage({ binary: chat }),
          signingKeys: keys.signer.privateKey,
          detached: true,
          format: "binary",
        }),
      );
      return sealed(keys.own.publicKey, other);
    },
    "damaged",
    signed,
  ),
];

/** The packets of a message, each with its header, where no length is partial. */
function splitPackets(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const [size, head] =
      first < 192
        ? [first, 2]
        : first < 224
          ? [((first - 192) << 8) + (bytes[at + 2] ?? 0) + 192, 3]
          : [bytes.readUInt32BE(at + 2), 6];
    found.push(bytes.subarray(at, at + head + size));
    at += head + size;
  }
  return found;
}

const text = async (keys: Keys, options = {}): Promise<string> => armored(await message()(keys), options);

const armor: HostileCase[] = [
  good("armor", (keys) => text(keys)),
  good("armor with a wrong checksum", (keys) => text(keys, { checksum: "=AAAA\n" })),
  good("armor with headers", (keys) => text(keys, { headers: `Version: ${word}\nComment: x\n` })),
  good("armor with a byte order mark and space before", async (keys) => `\ufeff\r\n ${await text(keys)}`),
  good("armor whose lines end in CRLF and are padded", async (keys) => (await text(keys)).replaceAll("\n", "  \r\n")),
  good("armor in one line", async (keys) => {
    const [first, , ...lines] = (await text(keys)).trimEnd().split("\n");
    return `${first}\n\n${lines.slice(0, -1).join("")}\n${lines.at(-1)}\n`;
  }),
  bad("rubbish behind the armor", async (keys) => `${await text(keys)}${word}`, "damaged"),
  bad("two armors", async (keys) => (await text(keys)).repeat(2), "damaged"),
  bad(
    "armor with a letter that is none",
    async (keys) => (await text(keys)).replace(/(\n[^-\n]{10})/, "$1*"),
    "damaged",
  ),
  bad(
    "armor without an empty line behind its headers",
    async (keys) => (await text(keys)).replace("\n\n", "\n"),
    "damaged",
  ),
  bad(
    "armor with another end",
    async (keys) => (await text(keys)).replace("END PGP MESSAGE", "END PGP SIGNATURE"),
    "damaged",
  ),
  bad(
    "armor with a megabyte of headers",
    (keys) => text(keys, { headers: `Comment: ${word}\n`.repeat(60_000) }),
    "damaged",
  ),
  bad("armor with a stray hyphen", async (keys) => (await text(keys)).replace(/(\n[^-\n]{10})/, "$1-"), "damaged"),
  cutOff("armor of nothing", () => armored(Buffer.alloc(0))),
  cutOff("armor without its last line", async (keys) => (await text(keys)).split("\n").slice(0, -2).join("\n")),
  cutOff("armor that is cut in its first line", () => "-----BEGIN PGP MESS"),
  cutOff("armor that is cut in its headers", () => "-----BEGIN PGP MESSAGE-----\nComment: x"),
  cutOff("half of the armor", async (keys) => (await text(keys)).slice(0, 600)),
];

const aead = (
  name: string,
  mode: "gcm" | "ocb" | "eax",
  change: (bytes: Buffer) => Buffer,
  code?: string,
): HostileCase => {
  const config = { aeadProtect: true, preferredAEADAlgorithm: enums.aead[mode] };
  const bytes = async (keys: Keys): Promise<Buffer> =>
    change(await makeMessage(chat, keys.aead[mode].publicKey, { config }));
  return code === undefined ? good(name, bytes) : bad(name, bytes, code);
};
const flip =
  (at: number) =>
  (bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes);
    const index = at < 0 ? bytes.length + at : Math.floor(bytes.length * at);
    changed[index] = (changed[index] ?? 0) ^ 0x10;
    return changed;
  };

const modern: HostileCase[] = (["gcm", "ocb", "eax"] as const).flatMap((mode) => [
  aead(`AEAD by ${mode}`, mode, (bytes) => bytes),
  aead(`AEAD by ${mode} with a changed bit`, mode, flip(-60), "tampered"),
  aead(`AEAD by ${mode} with a changed last octet`, mode, flip(-1), "tampered"),
]);

/** Seeded places of a message at which a bit is turned. */
const turned: HostileCase[] = Array.from({ length: 24 }, (_, i) => (i * 2_654_435_761) % 1_000).map((thousandth) =>
  refusedSomehow(
    `a bit that is turned at ${thousandth} thousandths`,
    file,
    async (keys) => flip(thousandth / 1_000)(await message()(keys)),
    pgp,
  ),
);

/** OpenPGP: frames, insides, signers, armor. */
export const pgpMessages: HostileKind = {
  kind: "OpenPGP",
  cases: [...whole, ...frames, ...insides, ...notMessages, ...signatures, ...armor, ...modern, ...turned],
};
