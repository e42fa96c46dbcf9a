import type { BlobWriter, Created, WriteOptions } from "../store/blobs.ts";

const keptInBytes = 1024 * 1024;

/** Bytes of which only the end decides which of some blobs they become. They wait in memory; many are staged for each. */
export class UndecidedBlob {
  readonly #writers: readonly BlobWriter[];
  #kept: Uint8Array[] = [];
  #sizeInBytes = 0;

  constructor(...writers: readonly BlobWriter[]) {
    this.#writers = writers;
  }

  /** Takes the next bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#kept.push(bytes);
    this.#sizeInBytes += bytes.byteLength;
    if (this.#sizeInBytes <= keptInBytes) return;
    for (const writer of this.#writers) await writeAll(writer, this.#kept);
    this.#kept = [];
  }

  /** Makes one of the blobs of them, create-only, and none of the others. */
  async commit(chosen: BlobWriter, options: WriteOptions): Promise<Created> {
    await writeAll(chosen, this.#kept);
    await Promise.all(this.#writers.filter((writer) => writer !== chosen).map((writer) => writer.abort()));
    return chosen.commit(options);
  }

  /** Drops them; never throws. */
  async abort(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.abort()));
  }
}

async function writeAll(writer: BlobWriter, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await writer.write(piece);
}
