import { median } from "./median.ts";

/** Two things that are measured against each other, each call once. */
export interface Contest<Ours, Theirs> {
  readonly ours: () => Promise<Ours>;
  readonly yardstick: () => Promise<Theirs>;
}

/** How long pairs are measured. */
export interface PairOptions {
  /** No further pair is begun after this. @default 25,000 ms */
  readonly budgetInMs?: number;
  /** @default 3 */
  readonly least?: number;
  /** @default 7 */
  readonly most?: number;
  readonly now?: () => number;
}

/**
 * Measures two things by turns, A B B A A B ..., so that what drifts on the machine falls on both, until the time is used up.
 * There is no run to warm up: what is called starts a process of its own, or is told so by the row.
 */
export async function measurePairs<Ours, Theirs>(
  { ours, yardstick }: Contest<Ours, Theirs>,
  { budgetInMs = 25_000, least = 3, most = 7, now = () => performance.now() }: PairOptions = {},
): Promise<readonly (readonly [Ours, Theirs])[]> {
  const pairs: (readonly [Ours, Theirs])[] = [];
  const startedAt = now();
  while (pairs.length < least || (pairs.length < most && now() - startedAt < budgetInMs)) {
    if (pairs.length % 2 === 0) {
      const first = await ours();
      pairs.push([first, await yardstick()]);
    } else {
      const first = await yardstick();
      pairs.push([await ours(), first]);
    }
  }
  return pairs;
}

/** What pairs of numbers came to. */
export interface PairFigures {
  /** Medians. */
  readonly figure: number;
  readonly yardstick: number;
  /** Median of the pairs' own ratios, ours to the yardstick's. */
  readonly ratio: number;
  /** The pairs' ratios, as a note. */
  readonly spread: string;
}

/** The medians of pairs. @param invert the ratio is the yardstick's to ours: "times as fast" of durations */
export function toFigures(pairs: readonly (readonly [number, number])[], invert = false): PairFigures {
  const ratios = pairs.map(([ours, theirs]) => (invert ? theirs / ours : ours / theirs));
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  return {
    figure: median(pairs.map(([ours]) => ours)),
    yardstick: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(ratios),
    spread: `${pairs.length} pairs, ratios ${low.toFixed(2)} to ${high.toFixed(2)}`,
  };
}
