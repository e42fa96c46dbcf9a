const rounds = 5000;

/**
 * Least squares with coefficients that are not negative, by coordinate descent; each row is weighted by the inverse of what
 * it should come to, so that a small day counts as much as a large one.
 * @param rows the drivers' values, a row a day
 * @param sums what each row should come to
 */
export function fitNonNegative(rows: readonly (readonly number[])[], sums: readonly number[]): number[] {
  const width = rows[0]?.length ?? 0;
  const weights = sums.map((sum) => 1 / Math.max(1, sum));
  const weighted = rows.map((row, i) => row.map((value) => value * (weights[i] ?? 1)));
  const residuals = sums.map((sum, i) => sum * (weights[i] ?? 1));
  const fitted = new Array<number>(width).fill(0);
  for (let round = 0; round < rounds; round += 1) {
    for (let column = 0; column < width; column += 1) improve(weighted, residuals, fitted, column);
  }
  return fitted;
}

function improve(rows: readonly (readonly number[])[], residuals: number[], fitted: number[], column: number): void {
  const values = rows.map((row) => row[column] ?? 0);
  const square = values.reduce((sum, value) => sum + value * value, 0);
  if (square === 0) return;
  const slope = values.reduce((sum, value, i) => sum + value * (residuals[i] ?? 0), 0);
  const before = fitted[column] ?? 0;
  const after = Math.max(0, before + slope / square);
  fitted[column] = after;
  for (const [i, value] of values.entries()) residuals[i] = (residuals[i] ?? 0) - (after - before) * value;
}
