import * as z from "zod";
import type { RouteCounts } from "../map/route-chunk.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines, toGzipLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import type { DropState } from "./drop-state.ts";

const count = z.number().int().nonnegative();

/** `reports/counted/{drop}/{gen}/{file}/{chunk}.gz`: what a chunk came to when it was mapped, as one line of JSON. */
const countedChunk = z.object({
  items: count,
  deliveries: count,
  unmappedItems: count,
  outOfScopeItems: count.default(0),
  /** By the person's number in the People document. */
  itemsOfUnmapped: z.record(z.string(), count),
});

/** What the chunks of a generation came to, as far as they are mapped. */
export interface CountedChunks {
  readonly chunks: number;
  readonly items: number;
  readonly deliveries: number;
  readonly unmappedItems: number;
  readonly outOfScopeItems: number;
  /** Items that each person without mailbox took part in, by the person's number in the People document. */
  readonly itemsOfUnmapped: ReadonlyMap<number, number>;
}

/** A chunk's counts, as they are stored. */
export function toCountedChunk(counts: RouteCounts): Buffer {
  const { items, deliveries, unmappedItems, outOfScopeItems, itemsOfUnmapped } = counts;
  return toGzipLines([JSON.stringify({ items, deliveries, unmappedItems, outOfScopeItems, itemsOfUnmapped })]);
}

/** Adds up what chunks came to. @param indexed their blobs in the index: a chunk is counted before it is there */
export async function sumCountedChunks(
  blobs: Pick<Blobs, "stream">,
  { id, gen }: Pick<DropState, "id" | "gen">,
  indexed: readonly BlobPath[],
): Promise<CountedChunks> {
  const counts = { chunks: 0, items: 0, deliveries: 0, unmappedItems: 0, outOfScopeItems: 0 };
  const sum = { ...counts, itemsOfUnmapped: new Map<number, number>() };
  const begin = paths.indexOf(id, gen).length;
  const chunks = mapAhead(indexed, 16, (path) => readCounted(blobs, `${paths.countedOf(id, gen)}${path.slice(begin)}`));
  for await (const chunk of chunks) {
    sum.chunks += 1;
    sum.items += chunk.items;
    sum.deliveries += chunk.deliveries;
    sum.unmappedItems += chunk.unmappedItems;
    sum.outOfScopeItems += chunk.outOfScopeItems;
    for (const [number, items] of Object.entries(chunk.itemsOfUnmapped)) {
      sum.itemsOfUnmapped.set(Number(number), (sum.itemsOfUnmapped.get(Number(number)) ?? 0) + items);
    }
  }
  return sum;
}

async function readCounted(blobs: Pick<Blobs, "stream">, path: BlobPath): Promise<z.infer<typeof countedChunk>> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) throw new BrokenState(`${path} is missing.`);
  for await (const line of readLines(bytes)) return countedChunk.parse(JSON.parse(line));
  throw new BrokenState(`${path} is empty.`);
}
