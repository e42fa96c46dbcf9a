/**
 * Maps an iterable in its order with up to `width` calls of `map` under way at once. The first failure is thrown; when the
 * consumer stops early, calls that are under way end by themselves.
 */
export async function* mapAhead<In, Out>(
  source: AsyncIterable<In> | Iterable<In>,
  width: number,
  map: (value: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const underWay: Promise<Out>[] = [];
  for await (const value of source) {
    const result = map(value);
    // Its failure is thrown when its turn comes; until then it must not count as unhandled.
    result.catch(() => {});
    underWay.push(result);
    const first = underWay.length < width ? undefined : underWay.shift();
    if (first !== undefined) yield await first;
  }
  for (const result of underWay) yield await result;
}
