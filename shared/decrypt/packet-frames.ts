import { DecryptError } from "./decrypt-error.ts";
import { isOpeningTag, isPlainTag, toTag } from "./sniff-pgp.ts";

/** What stands before the encrypted data: for whom it is. */
export interface MessageHead {
  /** Key ids of the recipients, 16 hex digits each; zeros for a hidden recipient. */
  readonly keyIds: readonly string[];
  /** How many passwords open it. */
  readonly passwords: number;
  /** The session key packets as they came. */
  readonly sessionKeys: Uint8Array;
}

const tags = {
  sessionKey: 1,
  passwordKey: 3,
  unprotected: 9,
  marker: 10,
  protected: 18,
  aead: 20,
  padding: 21,
} as const;
/** More is an attempt to keep us busy: each one costs a try with every private key. */
const mostSessionKeys = 1_000;
const mostPacketInBytes = 65_536;

interface Length {
  /** Bytes of body; Infinity = up to the end of the file. */
  readonly body: number;
  /** Bytes of the length itself. */
  readonly taken: number;
  /** More pieces follow. */
  readonly isPartial: boolean;
}

/**
 * Follows the outermost packets of an OpenPGP message (RFC 9580, 4.2) as its bytes go by. It is here because openpgp
 * fails with the same words for a file that is still arriving and for a broken one. The packets' lengths tell them
 * apart: a file that ends before its packets do is `truncated`; one whose bytes all came and do not check is
 * `tampered` or `damaged`; bytes after the end are `damaged`. A length that was changed by damage can look like a
 * truncation: such a file is tried again a few times before it is given up, which loses nothing.
 */
export class PacketFrames {
  #phase: "packets" | "body" | "piece" | "end" = "packets";
  #pending: Buffer = Buffer.alloc(0);
  #left = 0;
  #isLastPiece = true;
  #sessionKeys: Buffer[] = [];
  #keyIds: string[] = [];
  #passwords = 0;
  #head: MessageHead | undefined;

  /** Known once the encrypted data begins. */
  get head(): MessageHead | undefined {
    return this.#head;
  }

  /** Takes the next bytes. @throws DecryptError `not-encrypted`, `no-integrity-protection`, `damaged` */
  push(chunk: Uint8Array): void {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (this.#phase === "end") throw new DecryptError("damaged");
      if (this.#phase === "body") {
        rest = this.#skipBody(rest);
        continue;
      }
      const have = this.#pending.length === 0 ? rest : Buffer.concat([this.#pending, rest]);
      const taken = this.#phase === "piece" ? this.#takePiece(have) : this.#takePacket(have);
      if (taken === 0 && have.length > mostPacketInBytes) throw new DecryptError("damaged");
      this.#pending = taken === 0 ? Buffer.from(have) : Buffer.alloc(0);
      rest = have.subarray(taken === 0 ? have.length : taken);
    }
  }

  /** The file has ended. @throws DecryptError `truncated` when the message has not */
  finish(): void {
    if (this.#phase === "end" || this.#left === Number.POSITIVE_INFINITY) return;
    throw new DecryptError("truncated");
  }

  #skipBody(bytes: Buffer): Buffer {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    if (this.#left === 0) this.#phase = this.#isLastPiece ? "end" : "piece";
    return bytes.subarray(taken);
  }

  #takePiece(bytes: Buffer): number {
    const length = newLength(bytes, 0);
    if (length === undefined) return 0;
    this.#enterBody(length);
    return length.taken;
  }

  #enterBody({ body, isPartial }: Length): void {
    this.#left = body;
    this.#isLastPiece = !isPartial;
    this.#phase = body > 0 ? "body" : isPartial ? "piece" : "end";
  }

  /** Takes a header, and for a session key its whole packet. Returns how many bytes, 0 = more are needed. */
  #takePacket(bytes: Buffer): number {
    const octet = bytes[0] ?? 0;
    const tag = this.#checkTag(toTag(octet));
    const length = (octet & 0x40) === 0 ? oldLength(bytes, octet & 3) : newLength(bytes, 1);
    if (length === undefined) return 0;
    const start = 1 + length.taken;
    if (tag === tags.protected || tag === tags.aead) {
      this.#head = {
        keyIds: this.#keyIds,
        passwords: this.#passwords,
        sessionKeys: Buffer.concat(this.#sessionKeys),
      };
      this.#enterBody(length);
      return start;
    }
    if (length.isPartial || length.body > mostPacketInBytes) throw new DecryptError("damaged");
    if (bytes.length < start + length.body) return 0;
    this.#takeSmallPacket(tag, bytes.subarray(0, start + length.body), start);
    return start + length.body;
  }

  #checkTag(tag: number | undefined): number {
    const isFirst = this.#keyIds.length === 0 && this.#passwords === 0;
    if (tag !== undefined && isOpeningTag(tag)) {
      if (tag === tags.unprotected) throw new DecryptError("no-integrity-protection", { wantedKeyIds: this.#keyIds });
      return tag;
    }
    throw new DecryptError(isFirst && (tag === undefined || isPlainTag(tag)) ? "not-encrypted" : "damaged");
  }

  #takeSmallPacket(tag: number, packet: Buffer, start: number): void {
    if (tag === tags.passwordKey) this.#passwords += 1;
    if (tag !== tags.sessionKey) return;
    this.#keyIds.push(toKeyId(packet.subarray(start)));
    this.#sessionKeys.push(Buffer.from(packet));
    if (this.#keyIds.length > mostSessionKeys) throw new DecryptError("damaged");
  }
}

/** RFC 9580, 4.2.1. */
function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { body: first, taken: 1, isPartial: false };
  if (first >= 224 && first < 255) return { body: 2 ** (first & 0x1f), taken: 1, isPartial: true };
  const taken = first === 255 ? 5 : 2;
  if (bytes.length < at + taken) return undefined;
  const body = first === 255 ? bytes.readUInt32BE(at + 1) : ((first - 192) << 8) + bytes.readUInt8(at + 1) + 192;
  return { body, taken, isPartial: false };
}

/** RFC 9580, 4.2.2. */
function oldLength(bytes: Buffer, kind: number): Length | undefined {
  if (kind === 3) return { body: Number.POSITIVE_INFINITY, taken: 0, isPartial: false };
  const taken = 2 ** kind;
  if (bytes.length < 1 + taken) return undefined;
  return { body: bytes.readUIntBE(1, taken), taken, isPartial: false };
}

/** RFC 9580, 5.1.1 and 5.1.2: version 3 has the key id, version 6 the fingerprint of a key of version 4 or 6. */
function toKeyId(body: Buffer): string {
  if (body[0] === 3 && body.length >= 9) return body.subarray(1, 9).toString("hex");
  const length = body[1] ?? 0;
  if (body[0] !== 6 || body.length < 2 + length) return "0".repeat(16);
  const fingerprint = body.subarray(3, 2 + length);
  return (body[2] === 6 ? fingerprint.subarray(0, 8) : fingerprint.subarray(-8)).toString("hex").padStart(16, "0");
}
