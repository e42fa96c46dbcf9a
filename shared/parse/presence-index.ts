import type { Stay } from "../chat/chat-item.ts";
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
    const present = people.filter((_, i) => isThere(stays[i] ?? [], at));
    if (this.#spans.size >= cachedSpans) this.#spans.clear();
    this.#spans.set(span, present);
    return present;
  }

  /** How many changes lie at or before `at`. */
  #spanOf(at: number): number {
    return countUpTo(this.#changes.length, (i) => (this.#changes[i] ?? 0) <= at);
  }
}

/**
 * Whether one of somebody's stays holds `at`. Stays are in time's order and apart (presence.ts), so the last that has
 * begun is the only one to look at: who comes and goes all day has thousands of them.
 */
function isThere(stays: readonly Stay[], at: number): boolean {
  const begun = countUpTo(stays.length, (i) => (stays[i]?.[0] ?? at) <= at);
  const last = stays[begun - 1];
  return last !== undefined && at <= (last[1] ?? at);
}

/** How many of `count` things in a row fulfil a condition that only the first ones fulfil, by halving. */
function countUpTo(count: number, fulfils: (i: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fulfils(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
