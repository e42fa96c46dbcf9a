import { toScopeFilter } from "../chat/drop-scope.ts";
import { routeChunk } from "../map/route-chunk.ts";
import type { Blobs } from "../store/blobs.ts";
import { fromGzip } from "../store/lines.ts";
import { paths } from "../store/paths.ts";
import type { Task } from "../store/queues.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { BrokenState } from "./broken-state.ts";
import { toCountedChunk } from "./counted-chunks.ts";
import { readOpenDrop } from "./drop-book.ts";
import { ensurePeople, type PeopleDeps } from "./ensure-people.ts";
import { putOnce } from "./put-once.ts";
import { mayBeAllRouted } from "./routed-chunks.ts";
import type { Turns } from "./turns.ts";

/** What mapping a chunk takes. */
export interface MapChatsDeps extends AdvanceDeps, PeopleDeps {
  readonly clock: PeopleDeps["clock"];
  /** Of the chunks that a process is given at once one lies open in memory: routing it waits for nothing. */
  readonly mapTurns: Turns;
}

/**
 * Maps one chunk: who of its items' people has a mailbox, and so which mailboxes each item goes to. All people of the
 * drop are resolved first, once per generation, by whoever opens its first file as a rule; while another does that the
 * message comes again a little later.
 */
export async function mapChats(deps: MapChatsDeps, task: Task<"chats">): Promise<void> {
  const drop = await readOpenDrop(deps.blobs, task.drop);
  if (drop === undefined || drop.gen !== task.gen) return;
  const people = await ensurePeople(deps, drop);
  if (people === undefined) {
    await deps.queues.send("chats", task, deps.peopleWaitInMs);
    return;
  }
  const { lines, index, counts } = await deps.mapTurns(async () =>
    routeChunk(await readChunk(deps.blobs, task), task.file, people, toScopeFilter(drop.scope)),
  );
  await putOnce(deps.blobs, paths.counted(task.drop, task.gen, task.file, task.chunk), toCountedChunk(counts));
  // The index first: what is routed must be in it, or the report would not know of it.
  await putOnce(deps.blobs, paths.index(task.drop, task.gen, task.file, task.chunk), index);
  await putOnce(deps.blobs, paths.routed(task.drop, task.gen, task.file, task.chunk), lines);
  if (await mayBeAllRouted(deps.blobs, task)) await advanceDrop(deps, task.drop);
}

async function readChunk(blobs: Pick<Blobs, "read">, { drop, file, chunk }: Task<"chats">): Promise<Buffer> {
  const found = await blobs.read(paths.chunk(drop, file, chunk));
  if (found === undefined) throw new BrokenState(`Chunk ${chunk} of file ${file} of drop ${drop} is missing.`);
  return fromGzip(found.bytes);
}
