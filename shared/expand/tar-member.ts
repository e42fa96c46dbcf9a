import type { Extract } from "tar-stream";
import { ArchiveError } from "./archive-error.ts";

/** An entry as tar-stream gives it. */
export type TarEntry = Extract extends AsyncIterable<infer Entry> ? Entry : never;

/**
 * The content of one entry of a tar. tar-stream takes an entry's stream that is destroyed, as leaving a `for await` does,
 * for the end of the whole archive, without an error. So the stream is never left: what the consumer does not read
 * is read and dropped before the next entry.
 */
export class TarMember {
  readonly #chunks: AsyncIterator<unknown>;
  readonly #toCause: (error: unknown) => unknown;
  #leftInBytes: number;
  #state: "new" | "opened" | "passed" = "new";

  constructor(entry: TarEntry, toCause: (error: unknown) => unknown) {
    this.#chunks = entry[Symbol.asyncIterator]();
    this.#toCause = toCause;
    // Some tars give a folder a size (POSIX.1-2017, pax: it may say how much room there is) without any content: waiting
    // for it would never end.
    this.#leftInBytes = entry.header.type === "directory" ? 0 : entry.header.size;
  }

  /** The content. @throws ArchiveError, or what the source throws; Error when asked for twice or too late */
  async *open(): AsyncGenerator<Uint8Array, void> {
    if (this.#state !== "new")
      throw new Error("a member of a tar can be opened once, before the next one is asked for");
    this.#state = "opened";
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
  }

  /** Reads what is left, so that the archive can go on. */
  async pass(): Promise<void> {
    this.#state = "passed";
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#leftInBytes === 0) return undefined;
    try {
      const { done, value } = await this.#chunks.next();
      if (done === true || !(value instanceof Uint8Array)) throw new ArchiveError("truncated");
      this.#leftInBytes -= value.length;
      return value;
    } catch (error) {
      throw this.#toCause(error);
    }
  }
}
