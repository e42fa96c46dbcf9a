import { type ConnectorName, type DropId, dropId, dropParts, type SiteDay } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import type { ReadBudget } from "./changed-blobs.ts";
import type { DropBoard, DropNow } from "./drop-board.ts";

/** Which drops are asked for; what is not given does not matter. */
export interface DropFilter {
  readonly connector?: ConnectorName | undefined;
  readonly from?: SiteDay | undefined;
  readonly to?: SiteDay | undefined;
  /** A held one is open; `needsAHand` are those that need a person. */
  readonly state?: "open" | "held" | "closed" | "needsAHand" | undefined;
}

/** A drop by its name alone. */
export interface NamedDrop {
  readonly id: DropId;
  readonly place: Place;
  readonly isOpen: boolean;
  readonly record: BlobPath;
  readonly etag: string;
}

/** A page of drops. */
export interface DropPage {
  readonly drops: readonly DropNow[];
  /** The last drop that was looked at; undefined when it was the last of all. */
  readonly last?: DropId;
}

/** Running drops' records that one page may read; a drop that needs more has no sums in it. */
const mostReads = 500;
/** Drops that one page may look at for those that a filter lets through. */
const mostExamined = 500;

/**
 * Every drop that a filter's names let through, the newest site day first, then by connector, then the last seq first. Told
 * from listings alone, 5,000 names to a request, and not one record read.
 */
export async function listNamedDrops(blobs: Pick<Blobs, "list">, filter: DropFilter): Promise<NamedDrop[]> {
  const found = new Map<DropId, NamedDrop>();
  for (const prefix of [paths.closeds, paths.opens]) {
    for await (const { path, etag } of blobs.list(`${prefix}${toPrefix(filter)}`)) {
      const id = dropId.safeParse(path.slice(prefix.length));
      if (!id.success) continue;
      const named = { id: id.data, place: toPlace(id.data), isOpen: prefix === paths.opens, record: path, etag };
      // One that is being reprocessed has two records; the open one is the newer word.
      found.set(id.data, named);
    }
  }
  return [...found.values()].filter((named) => isWanted(named, filter)).sort((a, b) => compare(a.place, b.place));
}

/**
 * A page of drops. It begins after the drop that the page before ended with, so that drops that come meanwhile push none
 * from one page to the next.
 */
export async function pageDrops(
  { blobs, board }: { readonly blobs: Pick<Blobs, "list">; readonly board: DropBoard },
  filter: DropFilter,
  { limit, after }: { readonly limit: number; readonly after?: DropId | undefined },
): Promise<DropPage> {
  const named = await listNamedDrops(blobs, filter);
  const left = listAfter(named, after);
  const budget: ReadBudget = { left: mostReads };
  const drops: DropNow[] = [];
  const most = left.slice(0, isReadFor(filter) ? mostExamined : limit);
  let examined = 0;
  for await (const now of mapAhead(most, 8, (one) => readNamed(board, one, budget))) {
    examined += 1;
    if (now !== undefined && isShown(now, filter)) drops.push(now);
    if (drops.length === limit) break;
  }
  const last = left[examined - 1]?.id;
  return examined < left.length && last !== undefined ? { drops, last } : { drops };
}

/** Those behind a drop, which need not be there any more. */
export function listAfter(named: readonly NamedDrop[], after: DropId | undefined): readonly NamedDrop[] {
  if (after === undefined) return named;
  const place = toPlace(after);
  return named.filter((one) => compare(one.place, place) > 0);
}

/** One that was closed since the listing is told of as it is now. */
async function readNamed(
  board: DropBoard,
  { id, record, etag }: NamedDrop,
  budget: ReadBudget,
): Promise<DropNow | undefined> {
  return (await board.readListed(id, record, etag, budget)) ?? (await board.read(id));
}

function isReadFor({ state }: DropFilter): boolean {
  return state === "held" || state === "needsAHand";
}

function isShown(now: DropNow, { state }: DropFilter): boolean {
  if (state === "held") return "drop" in now && now.drop.state === "held";
  if (state !== "needsAHand") return true;
  return !("needs" in now) || now.needs.length > 0;
}

/** Held ones are open; the others that are looked for by what is in them can be both. */
function isWanted({ place: [day, of], isOpen }: NamedDrop, { connector, from, to, state }: DropFilter): boolean {
  if (connector !== undefined && of !== connector) return false;
  if (from !== undefined && day < from) return false;
  if (to !== undefined && day > to) return false;
  return state === undefined || state === "needsAHand" || (state === "closed") !== isOpen;
}

/** As much of the name as is the same in all that can be asked for. */
function toPrefix({ connector, from, to }: DropFilter): string {
  if (connector === undefined) return "";
  const [first, last]: readonly string[] = [from ?? "", to ?? ""];
  let same = 0;
  while (same < (first?.length ?? 0) && first?.[same] === last?.[same]) same += 1;
  return `${connector}-${first?.slice(0, same)}`;
}

/** Where a drop stands among all: the newest site day first, then by connector, then the last seq first. */
type Place = readonly [day: SiteDay, connector: ConnectorName, seq: number];

function toPlace(id: DropId): Place {
  const { siteDay, connector, seq } = dropParts(id);
  return [siteDay, connector, seq];
}

function compare([day, connector, seq]: Place, [otherDay, otherConnector, otherSeq]: Place): number {
  if (day !== otherDay) return day > otherDay ? -1 : 1;
  if (connector !== otherConnector) return connector < otherConnector ? -1 : 1;
  return otherSeq - seq;
}
