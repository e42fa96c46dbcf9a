import type { BlobWriter } from "../store/blobs.ts";
import { LineBuffer } from "../store/lines.ts";

const linesPerMember = 2000;

/** Writes lines into a blob, gzipped, some thousand at a time. */
export class GzippedLines {
  readonly #to: Pick<BlobWriter, "write">;
  readonly #waiting = new LineBuffer();

  constructor(to: Pick<BlobWriter, "write">) {
    this.#to = to;
  }

  /** Takes a line, without its line feed. */
  async push(line: string): Promise<void> {
    this.#waiting.add(line);
    if (this.#waiting.lines >= linesPerMember) await this.end();
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    await this.#to.write(this.#waiting.takeGzip());
  }
}
