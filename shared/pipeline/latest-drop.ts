import { type ConnectorName, type DropId, dropId, dropParts } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { DocumentFault } from "../store/state-document.ts";
import { listOpenIdsOf, readOpenDrop } from "./drop-book.ts";

/** A connector's drops in short. */
export interface DropsInShort {
  /** The one of the latest site day; undefined when there was none yet. */
  readonly latest: DropId | undefined;
  /** Ids of those that are not closed. */
  readonly open: readonly DropId[];
  /** How many of them the gate holds. */
  readonly held: number;
}

/** Looks over a connector's drops. */
export async function lookOverDrops(blobs: Blobs, name: ConnectorName, now: number): Promise<DropsInShort> {
  const open: DropId[] = [];
  for await (const id of listOpenIdsOf(blobs, name)) open.push(id);
  const states = await Promise.all(open.map((id) => stateOf(blobs, id)));
  const closed = await findLatestClosed(blobs, name, now);
  return {
    latest: toLatest(closed === undefined ? open : [...open, closed]),
    open,
    held: states.filter((state) => state === "held").length,
  };
}

/** Of a drop whose record cannot be read there is none: the drops' own pages tell of it. */
async function stateOf(blobs: Blobs, id: DropId): Promise<string | undefined> {
  try {
    return (await readOpenDrop(blobs, id))?.state;
  } catch (error) {
    if (error instanceof DocumentFault) return undefined;
    throw error;
  }
}

/** Years of drops lie in one folder, and mostly the latest is of this month or the last one. */
async function findLatestClosed(
  blobs: Pick<Blobs, "list">,
  name: ConnectorName,
  now: number,
): Promise<DropId | undefined> {
  const thisMonth = new Date(now).toISOString().slice(0, 7);
  const first = new Date(`${thisMonth}-01T00:00:00Z`).getTime();
  const lastMonth = new Date(first - 1).toISOString().slice(0, 7);
  for (const days of [`-${thisMonth}-`, `-${lastMonth}-`, "-"]) {
    const found = await findLatestBelow(blobs, `${paths.closeds}${name}${days}`, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findLatestBelow(
  blobs: Pick<Blobs, "list">,
  prefix: BlobPath,
  name: ConnectorName,
): Promise<DropId | undefined> {
  let latest: DropId | undefined;
  for await (const { path } of blobs.list(prefix)) {
    const id = dropId.safeParse(path.slice(paths.closeds.length));
    if (!id.success || dropParts(id.data).connector !== name) continue;
    latest = toLatest(latest === undefined ? [id.data] : [latest, id.data]);
  }
  return latest;
}

function toLatest(ids: readonly DropId[]): DropId | undefined {
  return ids.toSorted((a, b) => {
    const [left, right] = [dropParts(a), dropParts(b)];
    return left.siteDay === right.siteDay ? right.seq - left.seq : left.siteDay < right.siteDay ? 1 : -1;
  })[0];
}
