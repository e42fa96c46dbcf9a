import { type ConnectorName, type DropId, dropId, importKey, type SiteDay } from "../chat/identifiers.ts";
import type { Directory } from "../directory/directory.ts";
import type { Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import type { DropBoard } from "./drop-board.ts";
import type { DropState } from "./drop-state.ts";
import { listAfter, listNamedDrops, type NamedDrop } from "./page-drops.ts";
import { type FoundFile, seekFiles, seekHashes } from "./search-files.ts";
import { type FoundItem, seekItem } from "./search-items.ts";
import type { SearchKind } from "./search-kinds.ts";
import { type FoundPerson, type SoughtPerson, seekPerson, toSoughtPerson } from "./search-people.ts";

/** Something that could not be looked into. */
export interface Gap {
  readonly what: "people" | "file" | "report" | "index" | "directory";
  readonly reason: "plaintext-deleted" | "unreadable" | "not-there-yet" | "unavailable";
}

/** What looking through one drop for one thing came to. */
export interface Sought<T> {
  readonly found: readonly T[];
  readonly gaps: readonly Gap[];
  /** About how many reads it took. */
  readonly reads: number;
}

/** A drop that was found itself. */
export interface FoundDrop {
  readonly type: "drop";
  readonly as: "siteDay" | "chatDay" | "drop";
}

/** Something that was found, and the drop that it is in. */
export interface FoundIn {
  readonly id: DropId;
  readonly state: DropState["state"] | "unreadable";
  readonly found: FoundDrop | FoundFile | FoundItem | FoundPerson;
}

/** What is asked for. */
export interface SearchQuery {
  readonly text: string;
  readonly kinds: readonly SearchKind[];
  readonly connector?: ConnectorName | undefined;
  readonly from?: SiteDay | undefined;
  readonly to?: SiteDay | undefined;
}

/** What a search came to. */
export interface SearchPage {
  readonly found: readonly FoundIn[];
  readonly searched: number;
  /** The last drop that was looked through; undefined when it was the last of all. */
  readonly last?: DropId;
  readonly gaps: readonly (Gap & { readonly drops: number })[];
}

/** What searching takes. */
export interface SearchDeps {
  readonly blobs: Blobs;
  readonly board: DropBoard;
  readonly clock: { now(): number };
  readonly directory: Pick<Directory, "find">;
}

/** What one request may cost: drops looked through, reads, time. */
const mostDrops = 300;
const mostReads = 3000;
const longestInMs = 8000;
/** Of one drop and kind; a word can be in every name. */
const mostOfOneDrop = 100;

/**
 * Searches drops, the newest first, until enough is found or the work for one request is used up: then `last` says where to
 * go on. What could not be looked into is told, so that nobody takes silence for proof.
 */
export async function searchDrops(
  deps: SearchDeps,
  query: SearchQuery,
  { limit, after }: { readonly limit: number; readonly after?: DropId | undefined },
): Promise<SearchPage> {
  const startedAt = deps.clock.now();
  const seek = await toSeeker(deps, query);
  const left = listAfter(await listCandidates(deps.blobs, query), after);
  const found: FoundIn[] = [];
  const gaps = new Map<string, Gap & { drops: number }>();
  let [searched, reads] = [0, 0];
  for await (const one of mapAhead(left.slice(0, mostDrops), 4, seek)) {
    searched += 1;
    reads += one.reads;
    found.push(...one.found);
    count(gaps, one.gaps);
    if (found.length >= limit || reads >= mostReads || deps.clock.now() - startedAt >= longestInMs) break;
  }
  const last = left[searched - 1]?.id;
  const isMore = searched < left.length && last !== undefined;
  return { found, searched, gaps: [...gaps.values()], ...(isMore ? { last } : {}) };
}

function count(gaps: Map<string, Gap & { drops: number }>, more: readonly Gap[]): void {
  const different = new Map(more.map((gap) => [`${gap.what} ${gap.reason}`, gap]));
  for (const [key, gap] of different) gaps.set(key, { ...gap, drops: (gaps.get(key)?.drops ?? 0) + 1 });
}

/** Drops that need to be looked at: where the names alone tell it, only those. */
async function listCandidates(blobs: Blobs, query: SearchQuery): Promise<readonly NamedDrop[]> {
  const { connector, from, to, kinds, text } = query;
  const named = await listNamedDrops(blobs, { connector, from, to });
  if (!kinds.every((kind) => kind === "siteDay" || kind === "chatDay" || kind === "drop")) return named;
  const ofDay = kinds.includes("chatDay") ? await listOfChatDay(blobs, text) : new Set<string>();
  return named.filter(({ id, place: [day], isOpen }) => {
    if (kinds.includes("siteDay") && day === text) return true;
    if (kinds.includes("drop") && id.startsWith(text)) return true;
    // An open one tells only at its close which chat days it has.
    return kinds.includes("chatDay") && (isOpen || ofDay.has(id));
  });
}

async function listOfChatDay(blobs: Pick<Blobs, "list">, day: string): Promise<ReadonlySet<string>> {
  const drops = new Set<string>();
  for await (const { path } of blobs.list(`reports/day/${day}/`)) {
    const id = dropId.safeParse(path.slice(path.lastIndexOf("/") + 1));
    if (id.success) drops.add(id.data);
  }
  return drops;
}

type SeekIn = (named: NamedDrop) => Promise<Sought<FoundIn>>;

/** What is done with each drop. What all of them need is had before. */
async function toSeeker(deps: SearchDeps, { text, kinds }: SearchQuery): Promise<SeekIn> {
  const ofDay = kinds.includes("chatDay") ? await listOfChatDay(deps.blobs, text) : new Set<string>();
  const person = kinds.includes("person") ? await toSoughtPerson(deps.directory, text) : undefined;
  return async (named) => {
    const record = await deps.board.findRecord(named.record, named.etag);
    const drop = record !== undefined && "drop" in record ? record.drop : undefined;
    const byName = toNamed(named, text, kinds, ofDay);
    const within = drop === undefined ? [unreadableDrop] : await seekWithin(deps, drop, { text, kinds, person });
    const isUndecided = kinds.includes("chatDay") && named.isOpen && !ofDay.has(named.id);
    const state = drop?.state ?? "unreadable";
    return {
      found: [...byName, ...within.flatMap(({ found }) => found)].map((found) => ({ id: named.id, state, found })),
      gaps: [
        ...within.flatMap(({ gaps }) => gaps),
        ...(isUndecided ? [{ what: "report" as const, reason: "not-there-yet" as const }] : []),
      ],
      reads: within.reduce((sum, { reads }) => sum + reads, 1),
    };
  };
}

const unreadableDrop: Sought<never> = { found: [], gaps: [{ what: "report", reason: "unreadable" }], reads: 0 };

function toNamed(
  { id, place: [day] }: NamedDrop,
  text: string,
  kinds: readonly SearchKind[],
  ofDay: ReadonlySet<string>,
): FoundDrop[] {
  return [
    ...(kinds.includes("siteDay") && day === text ? [{ type: "drop" as const, as: "siteDay" as const }] : []),
    ...(kinds.includes("chatDay") && ofDay.has(id) ? [{ type: "drop" as const, as: "chatDay" as const }] : []),
    ...(kinds.includes("drop") && id.startsWith(text) ? [{ type: "drop" as const, as: "drop" as const }] : []),
  ];
}

async function seekWithin(
  { blobs, board }: SearchDeps,
  drop: DropState,
  asked: { readonly text: string; readonly kinds: readonly SearchKind[]; readonly person: SoughtPerson | undefined },
): Promise<Sought<FoundFile | FoundItem | FoundPerson>[]> {
  const { text, kinds, person } = asked;
  const sought = [
    ...(kinds.includes("file") ? [await seekFiles(blobs, drop, text)] : []),
    ...(kinds.includes("sha256") ? [await seekHashes(blobs, drop, text)] : []),
    ...(kinds.includes("key") && importKey.safeParse(text).success
      ? [await seekItem({ blobs, closed: board.closed }, drop, text)]
      : []),
    ...(person === undefined ? [] : [await seekPerson(blobs, drop, person)]),
  ];
  return sought.map((one) => ({ ...one, found: one.found.slice(0, mostOfOneDrop) }));
}
