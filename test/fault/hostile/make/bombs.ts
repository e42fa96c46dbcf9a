import { once } from "node:events";
import { createDeflateRaw, deflateRawSync } from "node:zlib";
import { packet } from "./pgp.ts";

const mebi = 1024 * 1024;

/** A literal packet of 128 MiB of zeros, compressed by `bzip2 -9`: node has no bzip2. */
export const bzippedZeros = Buffer.from(
  "QlpoOTFBWSZTWRN3WokFfjjBBMFAEAAACAAIoABQhgBNVDQ52RUBLZFQEs1UKgJe7nCKgJe+YoKyTKayHBPFvgK/HIABgAAAEEAAYQCajIVAS1IVAS5igrJMprLdT1c+AonQgAGAQAAQQABhmApTTBKiE2ISohPF3JFOFCQP2kEBQA==",
  "base64",
);

/** Deflates `times` times the same piece between a head and a tail. */
export async function deflated(head: Uint8Array, piece: Uint8Array, times: number, tail: Uint8Array): Promise<Buffer> {
  const deflate = createDeflateRaw();
  const packed: Buffer[] = [];
  deflate.on("data", (bytes: Buffer) => packed.push(bytes));
  deflate.write(head);
  for (let i = 0; i < times; i += 1) if (!deflate.write(piece)) await once(deflate, "drain");
  deflate.end(tail);
  await once(deflate, "end");
  return Buffer.concat(packed);
}

/** The header of a literal packet of so many bytes. */
export function literalHead(sizeInBytes: number): Buffer {
  return packet(11, Buffer.from([0x62, 0, 0, 0, 0, 0]), { length: sizeInBytes + 6 });
}

/** A literal packet of so many MiB of the same piece, deflated. */
export async function deflatedLiteral(
  pieces: number,
  piece: Uint8Array = Buffer.alloc(mebi),
  head = "",
  tail = "",
): Promise<Buffer> {
  const sizeInBytes = pieces * piece.length + Buffer.byteLength(head) + Buffer.byteLength(tail);
  return deflated(Buffer.concat([literalHead(sizeInBytes), Buffer.from(head)]), piece, pieces, Buffer.from(tail));
}

/** The same with zlib's frame (RFC 1950); its checksum is not reached. */
export function withZlibFrame(raw: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x78, 0x9c]), raw, Buffer.alloc(4)]);
}

/** A deflate stream whose first block is of a type that is none: on it openpgp's decompressor has been seen to stand still. */
export function brokenDeflate(content: Uint8Array): Buffer {
  return deflateRawSync(content).fill(0xff, 0, 1);
}
