import { createHash } from "node:crypto";

/**
 * Pseudo-random numbers by seed (sfc32, Chris Doty-Humphrey's PractRand): the same seed gives the same sample on every
 * machine. For samples only, never for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** Any text seeds it; two texts give unrelated sequences. */
  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#counter = digest.readInt32LE(12) | 1;
  }

  /** A whole number from 0 to 2^32 - 1. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    return this.bits() / 4_294_967_296;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  /** One of a list. @throws RangeError when the list is empty. */
  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  }

  /** Exponentially distributed around `mean`: gaps between the messages of a burst. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** About normally distributed around 0 with deviation 1 (sum of six uniform numbers). */
  normal(): number {
    let sum = 0;
    for (let i = 0; i < 6; i += 1) sum += this.next();
    return (sum - 3) * Math.SQRT2;
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const tagged = list.map((item) => ({ item, at: this.next() }));
    return tagged.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.bits().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }

  /** Bytes that do not compress. */
  bytes(count: number): Buffer {
    const words = new Uint32Array(Math.ceil(count / 4));
    for (let i = 0; i < words.length; i += 1) words[i] = this.bits();
    return Buffer.from(words.buffer, 0, count);
  }
}
