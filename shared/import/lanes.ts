/**
 * Does `work` with every value, up to `width` at once, in their order of beginning. Waits for all, whatever happens, and
 * then throws the first failure: a lane that is still sending must not be left behind.
 */
export async function inLanes<T>(
  values: readonly T[],
  width: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const waiting = values.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const value of waiting) {
      try {
        await work(value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, values.length) }, lane));
  if (failures.length > 0) throw failures[0];
}
