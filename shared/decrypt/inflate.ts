import { pipeline } from "node:stream";
import { createInflate, createInflateRaw, type Inflate, type InflateRaw } from "node:zlib";
import { CompressedDataPacket, enums } from "openpgp";

/** Plaintext that is made at once, in a thread of its own while the piece before is worked on. */
const pieceInBytes = 512 * 1024;
const { uncompressed, zip, zlib } = enums.compression;

/** A compressed packet as openpgp holds it while it reads on. */
interface Compressed {
  algorithm: number;
  compressed: unknown;
}

/**
 * Has openpgp inflate in pieces of half a megabyte. By itself it does so by a DecompressionStream, in pieces of 16 KiB with a
 * handful of promises each and nothing made ahead, which costs more than the inflating; there is no setting for it. What is not
 * inflated, bzip2 and messages that are not streamed, stays its own.
 */
export function inflateInGoodPieces(): void {
  const decompress: unknown = Reflect.get(CompressedDataPacket.prototype, "decompress");
  if (typeof decompress !== "function") return;
  Reflect.defineProperty(CompressedDataPacket.prototype, "decompress", {
    value: function (this: Compressed, ...options: readonly unknown[]): unknown {
      const { algorithm, compressed } = this;
      if (compressed instanceof ReadableStream && (algorithm === zip || algorithm === zlib)) {
        const settings = { chunkSize: pieceInBytes };
        const inflate = algorithm === zip ? createInflateRaw(settings) : createInflate(settings);
        this.compressed = ReadableStream.from(inflated(compressed, inflate));
        this.algorithm = uncompressed;
      }
      return Reflect.apply(decompress, this, options);
    },
  });
}

/** Ends well only where the compressed bytes end and their source does: behind it lies openpgp's integrity check. */
async function* inflated(
  compressed: ReadableStream<Uint8Array>,
  inflate: Inflate | InflateRaw,
): AsyncGenerator<Uint8Array> {
  let givenInBytes = 0;
  let isAtEnd = false;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of compressed) {
      givenInBytes += piece.byteLength;
      yield piece;
    }
    isAtEnd = true;
  }
  // Errors of either side come out of the iteration below; the callback keeps them from being uncaught.
  pipeline(counted(), inflate, () => undefined);
  yield* inflate;
  if (!isAtEnd || inflate.bytesWritten !== givenInBytes) throw new Error("something follows the compressed data");
}
