import type { ParsedRecord } from "../chat/chat-item.ts";

/** A parser that queues records as it is given a file's pieces. */
export interface RecordMaker<Piece> {
  write(piece: Piece): void;
  end(): void;
}

/**
 * The records of a file, in order. When a piece fails the records before the fault come first, so that what a reader sees
 * does not depend on how the file was cut into pieces. No generator: those take longer to hand on a record than it takes to
 * be read. The next record may be asked for when the last one has come.
 */
export class RecordQueue<Piece> implements AsyncIterableIterator<ParsedRecord> {
  readonly #queue: ParsedRecord[];
  readonly #pieces: AsyncIterator<Piece>;
  readonly #maker: RecordMaker<Piece>;
  #next = 0;
  #isDone = false;
  #fault: { readonly error: unknown } | undefined;

  /** @param queue takes what `maker` makes */
  constructor(queue: ParsedRecord[], pieces: AsyncIterable<Piece>, maker: RecordMaker<Piece>) {
    this.#queue = queue;
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#maker = maker;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what the pieces or the parser throw */
  next(): Promise<IteratorResult<ParsedRecord, undefined>> {
    const value = this.#take();
    return value === undefined ? this.#readOn() : Promise.resolve({ done: false, value });
  }

  /** The consumer wants no more. */
  async return(): Promise<IteratorResult<ParsedRecord, undefined>> {
    this.#queue.length = 0;
    const isDone = this.#isDone;
    this.#isDone = true;
    this.#fault = undefined;
    if (!isDone) await this.#pieces.return?.();
    return { done: true, value: undefined };
  }

  #take(): ParsedRecord | undefined {
    const value = this.#queue[this.#next];
    if (value !== undefined) this.#next += 1;
    return value;
  }

  async #readOn(): Promise<IteratorResult<ParsedRecord, undefined>> {
    for (;;) {
      this.#queue.length = 0;
      this.#next = 0;
      if (this.#fault !== undefined) await this.#fail(this.#fault.error);
      if (this.#isDone) return { done: true, value: undefined };
      await this.#readPiece();
      const value = this.#take();
      if (value !== undefined) return { done: false, value };
    }
  }

  async #readPiece(): Promise<void> {
    const { done, value } = await this.#nextPiece();
    try {
      if (done === true) this.#maker.end();
      else this.#maker.write(value);
    } catch (error) {
      this.#fault = { error };
    }
    if (done === true) this.#isDone = true;
  }

  async #nextPiece(): Promise<IteratorResult<Piece, unknown>> {
    try {
      return await this.#pieces.next();
    } catch (error) {
      this.#isDone = true;
      throw error;
    }
  }

  async #fail(error: unknown): Promise<never> {
    this.#fault = undefined;
    // The parser's fault is what counts, whatever letting go of the source says.
    await this.return().catch(() => undefined);
    throw error;
  }
}
