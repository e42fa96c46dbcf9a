/** What of an item both a sample and a mailbox can tell without looking into the text. */
export interface DigestedItem {
  /** ms since 1970; counted in whole seconds. */
  readonly sentAt: number;
  /** As `foldAddress` gives it. */
  readonly from: string;
  /** Name and size in bytes of each attachment that is there, with a space between. */
  readonly attachments: readonly string[];
}

/** An address to compare: lower case; empty for one that is for form's sake only (RFC 2606, `.invalid`) or not known. */
export function foldAddress(address: string | undefined): string {
  const folded = (address ?? "").toLowerCase();
  return folded.endsWith(".invalid") ? "" : folded;
}

/** Two 32-bit hashes of an item (FNV-1a with two offsets): quick, and enough to see a difference. */
export function toItemHash(item: DigestedItem): readonly [number, number] {
  const text = `${Math.floor(item.sentAt / 1000)}|${item.from}|${item.attachments.toSorted().join("|")}`;
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  return [a >>> 0, b >>> 0];
}

/** What a mailbox holds, in a few bytes: the count, and a sum that does not depend on the order. */
export class ItemDigest {
  count = 0;
  #a = 0;
  #b = 0;

  /** Counts an item in. */
  add([a, b]: readonly [number, number]): void {
    this.count += 1;
    this.#a = (this.#a + a) >>> 0;
    this.#b = (this.#b + b) >>> 0;
  }

  /** Equal for equal contents. */
  toString(): string {
    return `${this.count}:${this.#a.toString(16).padStart(8, "0")}${this.#b.toString(16).padStart(8, "0")}`;
  }
}
