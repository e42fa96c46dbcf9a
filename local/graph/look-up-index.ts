/** From a text to the numbers of the items that have it. Most texts have one item, so a list is made only for more. */
export interface LookUpIndex {
  add(key: string, item: number): void;
  remove(key: string, item: number): void;
  get(key: string): readonly number[];
  keys(): IterableIterator<string>;
}

/** Makes an empty index. Case does not count, as in Exchange's look-ups. */
export function createLookUpIndex(): LookUpIndex {
  const items = new Map<string, number | number[]>();
  return {
    add(key, item) {
      const before = items.get(key.toLowerCase());
      if (before === undefined) items.set(key.toLowerCase(), item);
      else if (typeof before === "number") items.set(key.toLowerCase(), [before, item]);
      else before.push(item);
    },
    remove(key, item) {
      const rest = toList(items.get(key.toLowerCase())).filter((other) => other !== item);
      if (rest.length === 0) items.delete(key.toLowerCase());
      else items.set(key.toLowerCase(), rest);
    },
    get: (key) => toList(items.get(key.toLowerCase())),
    keys: () => items.keys(),
  };
}

function toList(found: number | number[] | undefined): number[] {
  if (found === undefined) return [];
  return typeof found === "number" ? [found] : found;
}
