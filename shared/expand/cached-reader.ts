import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";
import type { ArchiveReader } from "./archive.ts";

const windowInBytes = 262_144;
const pieceInBytes = 1_048_576;

/**
 * Gives yauzl random access. yauzl asks for each entry of the directory in two small reads; over ranged requests to a
 * blob that would be 20,000 round trips for 10,000 members, so small reads are served out of a window.
 */
export class CachedReader extends RandomAccessReader {
  readonly #archive: ArchiveReader;
  #window: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };
  #failure: { readonly error: unknown } | undefined;

  constructor(archive: ArchiveReader) {
    super();
    this.#archive = archive;
  }

  /** What the archive's storage failed with: it says nothing about the archive. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** These bytes. @throws what the archive's storage throws, or Error when they lie outside of it */
  async bytes(position: number, length: number): Promise<Uint8Array> {
    return await this.#fetch(position, length);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#fetch(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error("read failed", { cause: error })),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, end), { objectMode: false, highWaterMark: pieceInBytes });
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    for (let at = start; at < end; at += pieceInBytes) yield await this.#read(at, Math.min(pieceInBytes, end - at));
  }

  async #fetch(position: number, length: number): Promise<Uint8Array> {
    const { start, bytes } = this.#window;
    if (position >= start && position + length <= start + bytes.byteLength) {
      return bytes.subarray(position - start, position - start + length);
    }
    const count = Math.min(Math.max(length, windowInBytes), this.#archive.sizeInBytes - position);
    // yauzl follows offsets from the archive: they may point anywhere.
    if (position < 0 || count < length) throw new Error("unexpected EOF");
    this.#window = { start: position, bytes: await this.#read(position, count) };
    return this.#window.bytes.subarray(0, length);
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    try {
      return await this.#archive.read(offset, length);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}
