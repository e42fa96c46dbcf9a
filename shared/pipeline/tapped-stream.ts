/**
 * A stream that a parser may read and give up, and that is then read on to its end: the bytes behind a parser's error
 * still have to be kept, and only the end tells whether they are genuine. Each piece goes through `tap` once.
 */
export class TappedStream {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #tap: (piece: Uint8Array) => Promise<void>;
  readonly #pushedBack: Uint8Array[] = [];

  constructor(source: AsyncIterable<Uint8Array>, tap: (piece: Uint8Array) => Promise<void>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#tap = tap;
  }

  /** The first bytes, at least `count` unless the stream is shorter; they stay in the stream. */
  async head(count: number): Promise<Uint8Array> {
    let size = 0;
    const pieces: Uint8Array[] = [];
    while (size < count) {
      const piece = await this.#next();
      if (piece === undefined) break;
      pieces.push(piece);
      size += piece.length;
    }
    this.#pushedBack.push(...pieces);
    return Buffer.concat(pieces);
  }

  /** The pieces. Stopping early leaves the rest for `drain`. */
  pieces(): AsyncIterable<Uint8Array> {
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      const value = this.#pushedBack.shift() ?? (await this.#next());
      return value === undefined ? { done: true, value } : { done: false, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Reads what is left. @throws what the source throws */
  async drain(): Promise<void> {
    this.#pushedBack.length = 0;
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#source.next();
    if (done === true) return undefined;
    await this.#tap(value);
    return value;
  }
}
