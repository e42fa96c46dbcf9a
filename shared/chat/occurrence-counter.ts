const fewestSlots = 1024;

/**
 * Counts how often each 64-bit fingerprint was seen: open addressing over typed arrays, 12 bytes a slot, because
 * a file may hold a million items without ids and memory must stay flat. Two different items that share a
 * fingerprint only get a higher `n`, the same one each time: harmless.
 */
export class OccurrenceCounter {
  #fingerprints = new BigUint64Array(fewestSlots);
  #counts = new Uint32Array(fewestSlots);
  #size = 0;

  /** Counts one more and returns how many there are now, from 1. */
  next(fingerprint: bigint): number {
    if (this.#size * 2 >= this.#counts.length) this.#grow();
    const slot = this.#slot(fingerprint);
    const count = (this.#counts[slot] ?? 0) + 1;
    if (count === 1) this.#size += 1;
    this.#fingerprints[slot] = fingerprint;
    this.#counts[slot] = count;
    return count;
  }

  /**
   * Forgets all: a new conversation begins. Room that a large one took is given back: wiping it for each of a hundred
   * thousand small ones behind it took minutes.
   */
  clear(): void {
    if (this.#size === 0) return;
    this.#size = 0;
    if (this.#counts.length === fewestSlots) {
      this.#counts.fill(0);
      return;
    }
    this.#fingerprints = new BigUint64Array(fewestSlots);
    this.#counts = new Uint32Array(fewestSlots);
  }

  #slot(fingerprint: bigint): number {
    const mask = this.#counts.length - 1;
    let slot = Number(fingerprint & 0xffff_ffffn) & mask;
    while (this.#counts[slot] !== 0 && this.#fingerprints[slot] !== fingerprint) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [fingerprints, counts] = [this.#fingerprints, this.#counts];
    this.#fingerprints = new BigUint64Array(counts.length * 2);
    this.#counts = new Uint32Array(counts.length * 2);
    counts.forEach((count, i) => {
      const fingerprint = fingerprints[i];
      if (count === 0 || fingerprint === undefined) return;
      const slot = this.#slot(fingerprint);
      this.#fingerprints[slot] = fingerprint;
      this.#counts[slot] = count;
    });
  }
}
