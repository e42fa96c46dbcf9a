import type { RosterLine } from "./roster-line.ts";

const cachedSpans = 64;

/**
 * Answers "who was there at" for one conversation. Presence changes only where a stay begins or ends, so the answer
 * is worked out once for each span between two changes and not once for each of a hundred thousand messages.
 */
export class PresenceIndex {
  readonly #roster: RosterLine;
  /** The instants (ms since 1970) at which the answer changes, ascending. */
  readonly #changes: readonly number[];
  readonly #spans = new Map<number, readonly number[]>();

  constructor(roster: RosterLine) {
    this.#roster = roster;
    // A stay includes its last millisecond, so the answer changes one after it.
    const bounds = roster.stays.flat().flatMap(([from, to]) => [from, to === null ? null : to + 1]);
    this.#changes = [...new Set(bounds.filter((bound) => bound !== null))].toSorted((a, b) => a - b);
  }

  /** Numbers of those present at an instant (ms since 1970), in the roster's order. */
  presentAt(at: number): readonly number[] {
    const span = this.#spanOf(at);
    const known = this.#spans.get(span);
    if (known !== undefined) return known;
    const { people, stays } = this.#roster;
    const present = people.filter((_, i) => stays[i]?.some(([from, to]) => (from ?? at) <= at && at <= (to ?? at)));
    if (this.#spans.size >= cachedSpans) this.#spans.clear();
    this.#spans.set(span, present);
    return present;
  }

  /** How many changes lie at or before `at`, by halving. */
  #spanOf(at: number): number {
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
