import type { BenchContext } from "./row.ts";

/** Makes what several rows need once in a bench run: the first row that asks does the work. */
export function sharedByRows<T>(make: (context: BenchContext) => Promise<T>): (context: BenchContext) => Promise<T> {
  const made = new WeakMap<BenchContext, Promise<T>>();
  return async (context) => {
    const known = made.get(context);
    if (known !== undefined) return await known;
    const making = make(context);
    made.set(context, making);
    return await making;
  };
}
