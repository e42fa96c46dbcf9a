import assert from "node:assert/strict";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { encryptSessionKey, type PublicKey } from "openpgp";

/** How a packet's length is written (RFC 9580, 4.2). */
export interface PacketForm {
  /** The older header of RFC 1991. */
  readonly isOld?: boolean;
  /** What the header says, if not the truth. */
  readonly length?: number;
  /** Pieces of 2^n bytes each, then the rest. */
  readonly partial?: number;
}

/** A packet. */
export function packet(tag: number, body: Uint8Array, form: PacketForm = {}): Buffer {
  if (form.partial !== undefined) return partialPacket(tag, body, form.partial);
  const length = Buffer.alloc(5, 0xff);
  length.writeUInt32BE(form.length ?? body.length, 1);
  if (form.isOld === true) return Buffer.concat([Buffer.from([0x82 | (tag << 2)]), length.subarray(1), body]);
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body]);
}

function partialPacket(tag: number, body: Uint8Array, power: number): Buffer {
  const size = 2 ** power;
  const parts: Uint8Array[] = [Buffer.from([0xc0 | tag])];
  let at = 0;
  for (; body.length - at > size; at += size) parts.push(Buffer.from([224 + power]), body.subarray(at, at + size));
  const last = Buffer.alloc(5, 0xff);
  last.writeUInt32BE(body.length - at, 1);
  return Buffer.concat([...parts, last, body.subarray(at)]);
}

/** A literal data packet (5.9). */
export function literal(content: Uint8Array, name = "", form?: PacketForm): Buffer {
  const named = Buffer.from(name);
  return packet(
    11,
    Buffer.concat([Buffer.from("b"), Buffer.from([named.length]), named, Buffer.alloc(4), content]),
    form,
  );
}

/** A compressed data packet (5.6) of bytes that are compressed already. */
export function compressed(algorithm: number, bytes: Uint8Array): Buffer {
  return packet(8, Buffer.concat([Buffer.from([algorithm]), bytes]));
}

/** A compressed data packet of these packets, by ZIP. */
export function zipped(packets: Uint8Array): Buffer {
  return compressed(1, deflateRawSync(packets));
}

/** How a message is sealed, if not rightly. */
export interface SealOptions {
  /** The integrity code. @default right */
  readonly integrity?: "right" | "wrong" | "none" | "of-nothing";
  /** Form of the encrypted packet. */
  readonly form?: PacketForm;
  readonly version?: number;
  /** Packets before and behind the session key. */
  readonly before?: Uint8Array;
  readonly between?: Uint8Array;
  readonly behind?: Uint8Array;
}

/** Any packets, encrypted for a key with integrity protection (SEIPD version 1, 5.13.1). */
export async function sealed(to: PublicKey, inner: Uint8Array, options: SealOptions = {}): Promise<Buffer> {
  const key = randomBytes(32);
  const session: unknown = await encryptSessionKey({
    data: key,
    algorithm: "aes256",
    encryptionKeys: to,
    format: "binary",
  });
  assert.ok(session instanceof Uint8Array);
  const prefix = randomBytes(16);
  const start = Buffer.concat([prefix, prefix.subarray(14)]);
  const content = Buffer.concat([start, inner, toIntegrity(start, inner, options.integrity ?? "right")]);
  const cipher = createCipheriv("aes-256-cfb", key, Buffer.alloc(16));
  const body = Buffer.concat([Buffer.from([options.version ?? 1]), cipher.update(content), cipher.final()]);
  const { before = Buffer.alloc(0), between = Buffer.alloc(0), behind = Buffer.alloc(0) } = options;
  return Buffer.concat([before, session, between, packet(18, body, options.form), behind]);
}

function toIntegrity(start: Uint8Array, inner: Uint8Array, kind: NonNullable<SealOptions["integrity"]>): Buffer {
  if (kind === "none") return Buffer.alloc(0);
  const head = Buffer.from([0xd3, 0x14]);
  const hashed = kind === "of-nothing" ? [head] : [start, inner, head];
  const hash = createHash("sha1");
  for (const piece of hashed) hash.update(piece);
  const digest = hash.digest();
  if (kind === "wrong") digest[0] = (digest[0] ?? 0) ^ 1;
  return Buffer.concat([head, digest]);
}

/** ASCII armor around bytes (6.2). */
export function armored(bytes: Uint8Array, { kind = "MESSAGE", checksum = "", headers = "" } = {}): string {
  const body = Buffer.from(bytes)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trimEnd();
  return `-----BEGIN PGP ${kind}-----\n${headers}\n${body}\n${checksum}-----END PGP ${kind}-----\n`;
}
