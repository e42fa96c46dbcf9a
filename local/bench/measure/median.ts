/** The middle of some numbers, or the mean of the two in the middle. @throws RangeError when there are none */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError("of no numbers there is no median");
  return (low + high) / 2;
}
