import * as z from "zod";

/** The four outcomes of work lines. Their sum is what was available (design: the equation). */
export const tally = z.object({
  imported: z.number().int().nonnegative(),
  partial: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
});
/** The four outcomes of work lines. */
export type Tally = z.infer<typeof tally>;
/** What became of a work line. */
export type Outcome = keyof Tally;

/** A tally of nothing. */
export const noTally: Tally = { imported: 0, partial: 0, skipped: 0, failed: 0 };

/** The lines that a tally stands for. */
export function total({ imported, partial, skipped, failed }: Tally): number {
  return imported + partial + skipped + failed;
}
