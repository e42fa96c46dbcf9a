import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import type { Task } from "../store/queues.ts";
import { readOpenDrop } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";

/** How many chunks of the drop's generation are routed. */
export async function countRouted(
  blobs: Pick<Blobs, "list">,
  { id, gen }: Pick<DropState, "id" | "gen">,
): Promise<number> {
  return await countBelow(blobs, paths.routedOf(id, gen));
}

/**
 * Whether all chunks of the drop may be routed, asked by whoever has just routed one. He looks at his chunk's own ten
 * first, and further only when they are all there: listing all of them after each would list a drop of n chunks n times
 * (m: with 400 chunks a seventh of the mapping's time). Of each ten, hundred and file one is written last and its writer
 * sees the others, so the last chunk of all is never overlooked. A drop that is not sealed yet is looked at by whoever
 * seals it, once he has noted so.
 */
export async function mayBeAllRouted(blobs: Blobs, task: Task<"chats">): Promise<boolean> {
  const drop = await readOpenDrop(blobs, task.drop);
  if (drop?.state !== "sealed" || drop.gen !== task.gen) return false;
  let seen = 1;
  for (const { prefix, expected } of toGroups(drop, task)) {
    if (expected <= seen) continue;
    if ((await countBelow(blobs, prefix)) < expected) return false;
    seen = expected;
  }
  return true;
}

/** Some of a drop's routed chunks, and how many they are when all are there. */
interface Group {
  readonly prefix: BlobPath;
  readonly expected: number;
}

/** Groups that a chunk is in, each within the next. None where the drop was sealed by a version that noted no file's chunks. */
function toGroups(drop: DropState, { file, chunk }: Task<"chats">): readonly Group[] {
  const ofFile = drop.chatFiles.find(({ id }) => id === file)?.chunks;
  if (ofFile === undefined) return [];
  const path = paths.routed(drop.id, drop.gen, file, chunk);
  const digitsEnd = path.lastIndexOf(".");
  const ofNeighbours = [1, 2, 3].map((digits): Group => {
    const size = 10 ** digits;
    const first = Math.floor(chunk / size) * size;
    return { prefix: cut(path, digitsEnd - digits), expected: Math.min(size, ofFile - first) };
  });
  const fileAt = paths.routedOf(drop.id, drop.gen).length;
  const ofFiles = [file.length, 2, 1].map((length): Group => {
    const alike = drop.chatFiles.filter(({ id }) => id.startsWith(file.slice(0, length)));
    return { prefix: cut(path, fileAt + length), expected: alike.reduce((sum, { chunks = 0 }) => sum + chunks, 0) };
  });
  return [...ofNeighbours, ...ofFiles];
}

/** The beginning of a path, its container included. */
function cut(path: BlobPath, end: number): BlobPath {
  const slash = path.indexOf("/");
  return `${path.slice(0, slash)}/${path.slice(slash + 1, end)}`;
}

async function countBelow(blobs: Pick<Blobs, "list">, prefix: BlobPath): Promise<number> {
  let found = 0;
  for await (const _ of blobs.list(prefix)) found += 1;
  return found;
}
