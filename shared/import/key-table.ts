import type { ImportKey } from "../chat/identifiers.ts";

const keyInBytes = 32;

/**
 * Numbers import keys from 0 in the order in which they come: open addressing over raw hashes, 45 bytes a key, because
 * a mailbox can have a hundred thousand items a day and several mailboxes are in memory at once.
 */
export class KeyTable {
  #keys: Buffer = Buffer.alloc(1024 * keyInBytes);
  /** Number + 1 of the key at each slot; 0 = free. Twice as many slots as keys at least. */
  #slots = new Uint32Array(2048);
  #size = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** A key's number; undefined when it is not in the table. */
  find(key: ImportKey): number | undefined {
    const found = this.#slots[this.#slotOf(toBytes(key))] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  /** A key's number, a new one if need be. */
  add(key: ImportKey): number {
    const bytes = toBytes(key);
    const slot = this.#slotOf(bytes);
    const found = this.#slots[slot] ?? 0;
    if (found !== 0) return found - 1;
    if ((this.#size + 1) * keyInBytes > this.#keys.length) this.#keys = doubled(this.#keys);
    bytes.copy(this.#keys, this.#size * keyInBytes);
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return this.#size - 1;
  }

  #bytesAt(number: number): Buffer {
    return this.#keys.subarray(number * keyInBytes, (number + 1) * keyInBytes);
  }

  #slotOf(bytes: Buffer): number {
    const mask = this.#slots.length - 1;
    let slot = bytes.readUInt32LE(0) & mask;
    for (let found = this.#slots[slot] ?? 0; found !== 0; found = this.#slots[slot] ?? 0) {
      if (this.#bytesAt(found - 1).equals(bytes)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number += 1)
      this.#slots[this.#slotOf(this.#bytesAt(number))] = number + 1;
  }
}

function toBytes(key: ImportKey): Buffer {
  return Buffer.from(key, "base64url");
}

function doubled(buffer: Buffer): Buffer {
  const larger = Buffer.alloc(buffer.length * 2);
  buffer.copy(larger);
  return larger;
}
