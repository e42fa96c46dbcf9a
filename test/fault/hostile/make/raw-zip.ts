import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip that may lie about itself. What is not given is as it should be. */
export interface RawMember {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  /** 0 = stored, 8 = deflated. @default 0 */
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** Size after expansion. */
  readonly size?: number;
  readonly packedSize?: number;
  /** Name in front of the content. */
  readonly localName?: string | Buffer;
  /** Upper half of the external attributes: Unix's mode. */
  readonly mode?: number;
  readonly extra?: Buffer;
  /** Bytes between the content and the next member. */
  readonly behind?: Buffer;
  /** Where the directory says that it lies. */
  readonly offset?: number;
  /** Left out of the directory. */
  readonly isHidden?: boolean;
}

/** What the end of the directory says; what is not given is as it should be. */
export interface RawEnd {
  readonly count?: number;
  readonly directoryOffset?: number;
  readonly directorySize?: number;
  readonly disk?: number;
  readonly comment?: Buffer;
  readonly commentLength?: number;
  /** Bytes between the directory and its end record. */
  readonly beforeEnd?: Buffer;
  /** Bytes before the first member. */
  readonly before?: Buffer;
}

/** Packs a zip (APPNOTE 6.3.10) byte by byte. */
export function rawZip(members: readonly RawMember[], end: RawEnd = {}): Buffer {
  const parts: Buffer[] = [end.before ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  for (const member of members) {
    const packed = pack(member);
    const local = Buffer.concat([localHeader(member, packed), packed, member.behind ?? Buffer.alloc(0)]);
    if (member.isHidden !== true) directory.push(directoryEntry(member, packed, member.offset ?? at));
    parts.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([
    ...parts,
    listing,
    end.beforeEnd ?? Buffer.alloc(0),
    endRecord(directory.length, listing.length, at, end),
  ]);
}

function pack({ content = Buffer.alloc(0), method = 0 }: RawMember): Buffer {
  return method === 8 ? deflateRawSync(content) : content;
}

function common(member: RawMember, packed: Buffer, name: Buffer): Buffer {
  const {
    content = Buffer.alloc(0),
    flags = 0x800,
    method = 0,
    crc = crc32(content),
    extra = Buffer.alloc(0),
  } = member;
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(flags, 2);
  bytes.writeUInt16LE(method, 4);
  bytes.writeUInt32LE(crc, 10);
  bytes.writeUInt32LE(member.packedSize ?? packed.length, 14);
  bytes.writeUInt32LE(member.size ?? content.length, 18);
  bytes.writeUInt16LE(name.length, 22);
  bytes.writeUInt16LE(extra.length, 24);
  return bytes;
}

function localHeader(member: RawMember, packed: Buffer): Buffer {
  const name = Buffer.from(member.localName ?? member.name);
  return Buffer.concat([
    Buffer.from("PK\u0003\u0004"),
    common(member, packed, name),
    name,
    member.extra ?? Buffer.alloc(0),
  ]);
}

function directoryEntry(member: RawMember, packed: Buffer, offset: number): Buffer {
  const name = Buffer.from(member.name);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((member.mode ?? 0) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([20, 3]);
  return Buffer.concat([
    Buffer.from("PK\u0001\u0002"),
    madeBy,
    common(member, packed, name),
    rest,
    name,
    member.extra ?? Buffer.alloc(0),
  ]);
}

function endRecord(count: number, size: number, offset: number, end: RawEnd): Buffer {
  const comment = end.comment ?? Buffer.alloc(0);
  const bytes = Buffer.alloc(22);
  bytes.write("PK\u0005\u0006", "latin1");
  bytes.writeUInt16LE(end.disk ?? 0, 4);
  bytes.writeUInt16LE((end.count ?? count) & 0xffff, 8);
  bytes.writeUInt16LE((end.count ?? count) & 0xffff, 10);
  bytes.writeUInt32LE(end.directorySize ?? size, 12);
  bytes.writeUInt32LE(end.directoryOffset ?? offset, 16);
  bytes.writeUInt16LE(end.commentLength ?? comment.length, 20);
  return Buffer.concat([bytes, comment]);
}

/** A zip64 extra field of these sizes. */
export function zip64Extra(...sizes: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(4 + sizes.length * 8);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(sizes.length * 8, 2);
  for (const [i, size] of sizes.entries()) bytes.writeBigUInt64LE(size, 4 + i * 8);
  return bytes;
}

/** The end records of zip64, to stand before the usual one. */
export function zip64End(count: bigint, size: bigint, offset: bigint, at: bigint): Buffer {
  const bytes = Buffer.alloc(56 + 20);
  bytes.write("PK\u0006\u0006", "latin1");
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeBigUInt64LE(count, 24);
  bytes.writeBigUInt64LE(count, 32);
  bytes.writeBigUInt64LE(size, 40);
  bytes.writeBigUInt64LE(offset, 48);
  bytes.write("PK\u0006\u0007", 56, "latin1");
  bytes.writeBigUInt64LE(at, 64);
  bytes.writeUInt32LE(1, 72);
  return bytes;
}
