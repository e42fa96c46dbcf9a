/**
 * Storage's time, from the Date headers of its replies. Those have whole seconds and are written somewhere between
 * request and reply, so each one gives bounds; our own clock is moved only as far as they prove it wrong.
 */
export class StorageClock {
  #atLeast = Number.NEGATIVE_INFINITY;
  #atMost = Number.POSITIVE_INFINITY;

  /** Takes note of a reply: its Date header and when, by our clock, it was asked for and had come; ms since 1970. */
  observe(dateInMs: number, sentAt: number, receivedAt: number): void {
    const atLeast = dateInMs - receivedAt;
    const atMost = dateInMs + 999 - sentAt;
    // A reply that contradicts the bounds so far means that one of the clocks has been set: begin again with it.
    const contradicts = atLeast > this.#atMost || atMost < this.#atLeast;
    this.#atLeast = contradicts ? atLeast : Math.max(this.#atLeast, atLeast);
    this.#atMost = contradicts ? atMost : Math.min(this.#atMost, atMost);
  }

  /** Storage's time at our own time `now`. */
  toStorageTime(now: number): number {
    return now + Math.min(Math.max(0, this.#atLeast), this.#atMost);
  }
}
