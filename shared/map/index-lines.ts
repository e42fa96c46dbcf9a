/** What the lines of one index blob stand for. */
export interface IndexCount {
  /** Different items: they lie behind one another. */
  readonly items: number;
  /** Item x mailbox. */
  readonly deliveries: number;
  /** Items that no mailbox gets. */
  readonly unmapped: number;
}

/** Counts the lines of an index blob (route-chunk.ts): what was promised to whom, independent of the work lists. */
export async function countIndex(lines: AsyncIterable<string>): Promise<IndexCount> {
  const count = { items: 0, deliveries: 0, unmapped: 0 };
  let last = "";
  for await (const line of lines) {
    const comma = line.lastIndexOf(",");
    const item = line.slice(0, comma);
    if (item !== last) count.items += 1;
    last = item;
    if (line.slice(comma + 1) === "unmapped") count.unmapped += 1;
    else count.deliveries += 1;
  }
  return count;
}
