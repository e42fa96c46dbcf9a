import type { Random } from "./random.ts";
import type { CastKind, CastMember } from "./sample-types.ts";

/** People of whom a few are very busy and most are not (Zipf's law, flattened: the busiest of 400 has some 2 %). */
export class Crowd {
  readonly members: readonly CastMember[];
  readonly #sums: number[] = [];

  /** `members` in order of busyness. */
  constructor(members: readonly CastMember[]) {
    this.members = members;
    let sum = 0;
    members.forEach((_, rank) => {
      sum += 1 / (rank + 5) ** 0.7;
      this.#sums.push(sum);
    });
  }

  /** Somebody, the busy ones more often. @throws RangeError when there is nobody */
  pick(random: Random): CastMember {
    const at = random.next() * (this.#sums.at(-1) ?? 0);
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    const found = this.members[low];
    if (found === undefined) throw new RangeError("nobody in this crowd");
    return found;
  }

  /** Up to `count` different people. */
  pickSome(random: Random, count: number): CastMember[] {
    const chosen = new Set<CastMember>();
    for (let tries = 0; chosen.size < count && tries < count * 6; tries += 1) chosen.add(this.pick(random));
    for (const member of this.members) {
      if (chosen.size >= count) break;
      chosen.add(member);
    }
    return [...chosen];
  }

  /** The first of a kind, if there is one. */
  ofKind(kind: CastKind): CastMember | undefined {
    return this.members.find((member) => member.kind === kind);
  }
}
