import { randomBytes } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { type HostileCase, type HostileKind, heavy, refused, refusedSomehow, taken, word } from "../hostile-case.ts";
import { brokenDeflate, bzippedZeros, deflatedLiteral, withZlibFrame } from "../make/bombs.ts";
import { csv, record } from "../make/csv.ts";
import type { Keys } from "../make/keys.ts";
import { compressed, literal, sealed, zipped } from "../make/pgp.ts";
import { rawZip } from "../make/raw-zip.ts";
import { message } from "../make/xml.ts";

const file = "day.csv.pgp";
const mebi = 1024 * 1024;
const chat = Buffer.from(csv(record()));
const pgp = { encryption: "pgp" } as const;
const seal = (inner: () => Uint8Array | Promise<Uint8Array>) => async (keys: Keys) =>
  sealed(keys.own.publicKey, await inner());
const bad = (
  name: string,
  inner: () => Uint8Array | Promise<Uint8Array>,
  code: string,
  more: Partial<HostileCase> = {},
): HostileCase => refused(name, file, seal(inner), code, { ...pgp, ...more });
const sizes = { zip: 1, zlib: 2, bzip2: 3 } as const;

/** A valid chat file of which nearly all is space: only its size against the message's gives it away. */
const spaces = (): Promise<Buffer> =>
  deflatedLiteral(
    100,
    Buffer.from(`<Mood>${" ".repeat(mebi)}</Mood>`),
    `<FileDump><Conversation><RoomID>${word}</RoomID>`,
    `${message()}</Conversation></FileDump>`,
  );

const bombs: HostileCase[] = [
  heavy(
    bad("128 MiB of zeros by ZIP", async () => compressed(sizes.zip, await deflatedLiteral(128)), "ratio-too-high"),
  ),
  heavy(
    bad(
      "128 MiB of zeros by ZLIB",
      async () => compressed(sizes.zlib, withZlibFrame(await deflatedLiteral(128))),
      "ratio-too-high",
    ),
  ),
  bad("128 MiB of zeros by BZip2", () => compressed(sizes.bzip2, bzippedZeros), "ratio-too-high"),
  heavy(bad("a valid chat of 100 MiB of space", async () => compressed(sizes.zip, await spaces()), "ratio-too-high")),
  heavy(
    bad("512 MiB of zeros by ZIP", async () => compressed(sizes.zip, await deflatedLiteral(512)), "ratio-too-high"),
  ),
  bad("a bomb in two wrappings", async () => zipped(compressed(sizes.zip, await deflatedLiteral(64))), "damaged"),
  bad(
    "wrappings 100 deep",
    () => Array.from({ length: 100 }).reduce<Buffer>((inner) => zipped(inner), literal(chat)),
    "damaged",
  ),
  taken(
    "repetitive chats of 30 MiB that pack to a hundredth",
    file,
    seal(() =>
      zipped(
        literal(
          Buffer.from(
            csv(
              ...Array.from({ length: 100 }, (_, i) =>
                record(`${word} ${i} ${"no offer is binding. ".repeat(15_000)}`),
              ),
            ),
          ),
        ),
      ),
    ),
    100,
    undefined,
    { ...pgp, isHeavy: true, longestInMs: 60_000 },
  ),
];

const archives: HostileCase[] = [
  bad(
    "a zip bomb inside",
    () =>
      literal(
        rawZip([
          { name: "a.csv", content: chat },
          { name: "b", content: Buffer.alloc(40 * mebi), method: 8 },
        ]),
      ),
    "ratio-too-high",
  ),
  bad("a gzip bomb inside", () => zipped(literal(gzipSync(Buffer.alloc(40 * mebi)))), "ratio-too-high"),
  taken(
    "a zip inside",
    file,
    seal(() => literal(rawZip([{ name: "a.csv", content: chat }]))),
    1,
    undefined,
    pgp,
  ),
];

/** What openpgp's decompressor has been seen to make of these: an error that reaches nobody, so that it never ends. */
const standstills: HostileCase[] = [
  refusedSomehow(
    "the known standstill: a large message whose first deflate block is broken",
    file,
    seal(() => compressed(sizes.zip, brokenDeflate(randomBytes(3_000_000)))),
    pgp,
  ),
  refusedSomehow(
    "the known standstill: a large message of noise instead of deflate",
    file,
    seal(() => compressed(sizes.zip, randomBytes(3_000_000))),
    pgp,
  ),
  refusedSomehow(
    "noise instead of zlib",
    file,
    seal(() => compressed(sizes.zlib, randomBytes(3_000_000))),
    pgp,
  ),
  refusedSomehow(
    "noise instead of bzip2",
    file,
    seal(() => compressed(sizes.bzip2, randomBytes(100_000))),
    pgp,
  ),
  refusedSomehow(
    "deflate that breaks off",
    file,
    seal(() => {
      const whole = deflateRawSync(literal(randomBytes(2_000_000)));
      return compressed(sizes.zip, whole.subarray(0, whole.length / 2));
    }),
    pgp,
  ),
  refusedSomehow(
    "zlib with a wrong checksum",
    file,
    seal(() => {
      const whole = deflateSync(literal(chat));
      whole[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1;
      return compressed(sizes.zlib, whole);
    }),
    pgp,
  ),
  refusedSomehow(
    "bytes behind the end of deflate",
    file,
    seal(() => compressed(sizes.zip, Buffer.concat([deflateRawSync(literal(chat)), randomBytes(500)]))),
    pgp,
  ),
  bad("bzip2 without a byte", () => compressed(sizes.bzip2, Buffer.alloc(0)), "damaged"),
  bad("bzip2 that is cut", () => compressed(sizes.bzip2, bzippedZeros.subarray(0, 40)), "damaged"),
  bad("deflate without a byte", () => compressed(sizes.zip, Buffer.alloc(0)), "damaged"),
  bad("a compression that nobody knows", () => compressed(9, literal(chat)), "unsupported-algorithm"),
  taken(
    "compression that is none",
    file,
    seal(() => compressed(0, literal(chat))),
    1,
    undefined,
    pgp,
  ),
];

/** Compression inside of OpenPGP: bombs, and what makes decompressors stand still. */
export const pgpBombs: HostileKind = { kind: "OpenPGP's compression", cases: [...bombs, ...archives, ...standstills] };
