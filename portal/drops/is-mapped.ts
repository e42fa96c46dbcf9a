import type { Bar } from "../../shared/api/contract/drops.ts";

/**
 * Whether anything of a drop is mapped yet. Before that its sums are zeros, which would read as an equation that
 * balances and as nobody without a mailbox.
 */
export function isMapped(bars: readonly Pick<Bar, "stage" | "done" | "isCurrent">[]): boolean {
  const at = bars.findIndex(({ isCurrent }) => isCurrent);
  const mapping = bars.findIndex(({ stage }) => stage === "chunks-mapped");
  return at === -1 || at > mapping || (bars[mapping]?.done ?? 0) > 0;
}
