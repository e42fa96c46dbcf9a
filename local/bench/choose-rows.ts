import type { BenchOptions } from "./options.ts";
import type { Row } from "./row.ts";

/** The rows that are to be measured: those that are named, or else all, the long ones only when asked for. */
export function chooseRows(
  rows: readonly Row[],
  { only, isFull }: Pick<BenchOptions, "only" | "isFull">,
): readonly Row[] {
  if (only.length > 0) return rows.filter(({ id }) => only.includes(id));
  return rows.filter(({ isLong = false }) => isFull || !isLong);
}
