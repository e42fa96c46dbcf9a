import type { DropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { type DeadWork, foreignQueue, readGrave } from "./dead-work.ts";
import { readDrop } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";
import { toUnreadable } from "./read-problem.ts";
import { workQueues } from "./work-name.ts";
import { standingOfWork } from "./work-standing.ts";

/** Work that was given up, and what has become of it. */
export interface ShownDead {
  /** `{queue}/{name}`, as redriving takes it. */
  readonly id: string;
  readonly dead: DeadWork;
  readonly standing: "open" | "done" | "passed" | "foreign" | "unreadable";
}

/** Which dead work is asked for; what is not given does not matter. */
export interface DeadFilter {
  readonly drop?: DropId | undefined;
  readonly queue?: (typeof workQueues)[number] | typeof foreignQueue | undefined;
  /** "open": what is foreign or unreadable is among it. @default "all" */
  readonly standing?: "open" | "all" | undefined;
}

/** Records that one page may look at. */
const mostExamined = 500;

/** A page of dead work, by queue and in it by name, behind the one with id `after`. */
export async function pageDead(
  blobs: Blobs,
  filter: DeadFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly items: readonly ShownDead[]; readonly last?: string }> {
  const drops = new Map<DropId, Promise<DropState | undefined>>();
  const items: ShownDead[] = [];
  let examined = 0;
  let last: string | undefined;
  const shown = mapAhead(listPaths(blobs, filter, after), 16, (path) => show(blobs, path, drops));
  for await (const one of shown) {
    // There is one more: the page ends before it.
    if (items.length === limit || examined === mostExamined) return { items, ...(last === undefined ? {} : { last }) };
    examined += 1;
    last = one.id;
    if (one.dead !== undefined && isWanted(one, filter)) items.push({ ...one, dead: one.dead });
  }
  return { items };
}

interface Examined extends Omit<ShownDead, "dead"> {
  /** Undefined: it has failed and was not given up, or is gone. */
  readonly dead: DeadWork | undefined;
}

async function* listPaths(
  blobs: Pick<Blobs, "list">,
  { drop, queue }: DeadFilter,
  after = "",
): AsyncGenerator<BlobPath> {
  const queues = [...workQueues, foreignQueue];
  const begin = queues.findIndex((name) => after.startsWith(`${name}/`));
  for (const [place, name] of queues.entries()) {
    if (place < begin || (queue !== undefined && queue !== name)) continue;
    const prefix = drop === undefined ? paths.deadIn(name) : paths.deadOf(name, drop);
    for await (const { path } of blobs.list(prefix)) if (place > begin || toId(path) > after) yield path;
  }
}

function toId(path: BlobPath): string {
  return path.replace(/^state\/dead\//, "").replace(/\.json$/, "");
}

async function show(
  blobs: Blobs,
  path: BlobPath,
  drops: Map<DropId, Promise<DropState | undefined>>,
): Promise<Examined> {
  const id = toId(path);
  const dead = await readGrave(blobs, path);
  if (dead === undefined) return { id, dead, standing: "passed" };
  const { work } = dead;
  if (work === undefined) return { id, dead, standing: id.startsWith(`${foreignQueue}/`) ? "foreign" : "unreadable" };
  const drop = "drop" in work ? await findDrop(blobs, work.drop, drops) : undefined;
  // Of a drop whose record cannot be read nothing is known.
  return { id, dead, standing: drop === "unreadable" ? "open" : await standingOfWork(blobs, work, dead, drop) };
}

async function findDrop(
  blobs: Blobs,
  id: DropId,
  known: Map<DropId, Promise<DropState | undefined>>,
): Promise<DropState | "unreadable" | undefined> {
  const drop = known.get(id) ?? readDrop(blobs, id);
  known.set(id, drop);
  try {
    return await drop;
  } catch (error) {
    if (toUnreadable(paths.open(id), error) === undefined) throw error;
    return "unreadable";
  }
}

function isWanted({ standing }: Examined, filter: DeadFilter): boolean {
  return filter.standing !== "open" || (standing !== "done" && standing !== "passed");
}
