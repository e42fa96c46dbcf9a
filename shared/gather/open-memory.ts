/**
 * Memory for lines that lie open, used again and again: a buffer for each of some thousand gzip members would make V8 look
 * through its whole heap every few milliseconds. Buffers are of `smallest` bytes times a power of two.
 */
export class OpenMemory {
  readonly #smallest: number;
  readonly #largest: number;
  readonly #free = new Map<number, Buffer<ArrayBuffer>[]>();

  /** @param largest in bytes; what is larger is made for its own use and not kept */
  constructor(smallest: number, largest: number) {
    this.#smallest = smallest;
    this.#largest = largest;
  }

  /** A buffer of at least so many bytes; what is in it is anything. */
  take(neededInBytes: number): Buffer<ArrayBuffer> {
    if (neededInBytes > this.#largest) return Buffer.allocUnsafeSlow(neededInBytes);
    let size = this.#smallest;
    while (size < neededInBytes) size *= 2;
    return this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  /** Takes a buffer back that nobody looks at any more. */
  giveBack(buffer: Buffer<ArrayBuffer>): void {
    if (buffer.length === 0 || buffer.length > this.#largest) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
  }
}
