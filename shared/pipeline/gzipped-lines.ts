import type { BlobWriter } from "../store/blobs.ts";
import { toGzip } from "../store/lines.ts";

const linesPerMember = 2000;

/** Writes lines into a blob, gzipped, some thousand at a time. */
export class GzippedLines {
  readonly #to: Pick<BlobWriter, "write">;
  #waiting: string[] = [];

  constructor(to: Pick<BlobWriter, "write">) {
    this.#to = to;
  }

  /** Takes a line, without its line feed. */
  async push(line: string): Promise<void> {
    this.#waiting.push(line);
    if (this.#waiting.length >= linesPerMember) await this.end();
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    await this.#to.write(toGzip(Buffer.from([...lines, ""].join("\n"))));
  }
}
