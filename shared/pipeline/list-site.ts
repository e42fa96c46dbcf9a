import type { z } from "zod";
import { type SiteDay, toFileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { checksumPathsOf, isChecksumFile, stemOf } from "../fetch/checksum-file.ts";
import { toFileFilter } from "../fetch/file-patterns.ts";
import { isSettled } from "../fetch/is-settled.ts";
import type { Site, SiteEntry } from "../fetch/site.ts";
import { toSiteDay } from "../fetch/site-day.ts";
import type { Clock } from "../store/clock.ts";
import { paths, toPathHash } from "../store/paths.ts";
import { fileState } from "./file-state.ts";
import type { SideFile } from "./take-checksums.ts";

/** What listing takes. */
export interface ListSiteDeps {
  readonly site: Pick<Site, "list">;
  readonly clock: Clock;
  /** Time between the two looks that tell whether a file still grows. */
  readonly settleInMs: number;
}

/** A listed file before it is enlisted in a drop. */
export const listedFile = fileState.omit({ drop: true });
/** A listed file before it is enlisted in a drop. */
export type ListedFile = z.infer<typeof listedFile>;

/** What a site has for a connector. */
export interface SiteListing {
  readonly settled: readonly ListedFile[];
  /** How many files still grow. */
  readonly unsettled: number;
  /** Entries that cannot be fetched, whatever they are: see FolderListing. */
  readonly unusable: number;
  /** The checksum files beside a file. */
  readonly sidesOf: (path: string) => readonly SideFile[];
}

type Look = ReadonlyMap<string, SiteEntry>;

/**
 * The site's files that match the connector's patterns and have stopped growing: two listings some time apart show the
 * same size and mtime, and so for the checksum files beside them. A file that still grows is left for the next fetch:
 * taking it now would archive half of it. Some servers tell another mtime at each look: of files that only seem to change
 * a third look is taken, and what keeps its size in all three is taken as restless, or it would never be.
 */
export async function listSettledFiles(
  deps: ListSiteDeps,
  connector: Connector,
  signal: AbortSignal,
): Promise<SiteListing> {
  const isWanted = toFileFilter(connector.site);
  const isCompared = connector.site.checksums === "compare";
  let unusable = 0;
  const look = async (): Promise<Look> => {
    const isOfUse = (path: string): boolean => isWanted(path) || (isCompared && isChecksumFile(path));
    const listing = await deps.site.list(connector.site.folder, signal, isOfUse);
    unusable = listing.unusable;
    return new Map(listing.files.filter(({ path }) => isOfUse(path)).map((entry) => [entry.path, entry]));
  };
  const lookAgain = async (): Promise<Look> => {
    await deps.clock.sleep(deps.settleInMs, signal);
    return await look();
  };
  const looks = [await look(), await lookAgain()];
  if (isAnyRestless(looks)) looks.push(await lookAgain());
  return { ...toListing(deps, connector, looks, isWanted), unusable };
}

function toListing(
  deps: ListSiteDeps,
  connector: Connector,
  looks: readonly Look[],
  isWanted: (path: string) => boolean,
): Omit<SiteListing, "unusable"> {
  const wanted = [...(looks.at(-1)?.values() ?? [])].filter(({ path }) => isWanted(path));
  const sidesOf = toSides(looks, wanted);
  const now = deps.clock.now();
  const isReady = (entry: SiteEntry): boolean =>
    isSteady(looks, entry, now) && sidesOf(entry.path).every((side) => isSteady(looks, side.entry, now));
  const ready = wanted.filter(isReady);
  const settled = ready.map((entry) => toListedFile(connector, entry, isRestless(looks, entry)));
  return { settled, unsettled: wanted.length - ready.length, sidesOf };
}

function isSteady(looks: readonly Look[], entry: SiteEntry, now: number): boolean {
  const earlier = looks.at(-2)?.get(entry.path);
  if (earlier === undefined) return false;
  return isSettled(earlier, entry) || isLeftEmpty(entry, now) || isRestless(looks, entry);
}

/** A file of no bytes may be one that is about to be written; after a while it is one that the operator has to hear of. */
function isLeftEmpty({ sizeInBytes, modifiedAt }: SiteEntry, now: number): boolean {
  const ageInMs = now - modifiedAt;
  // By a clock that is a day ahead nothing ever gets old.
  return sizeInBytes === 0 && (ageInMs > 15 * 60_000 || ageInMs < -24 * 3600_000);
}

/** Whether a file seemed to change at each of three looks, by its mtime only. */
function isRestless(looks: readonly Look[], { path, sizeInBytes }: SiteEntry): boolean {
  const seen = looks.map((look) => look.get(path));
  const isSameSize = sizeInBytes > 0 && seen.every((entry) => entry?.sizeInBytes === sizeInBytes);
  return isSameSize && seen.length > 2 && new Set(seen.map((entry) => entry?.modifiedAt)).size === seen.length;
}

function isAnyRestless([first, second]: readonly Look[]): boolean {
  return [...(second?.values() ?? [])].some(({ path, sizeInBytes, modifiedAt }) => {
    const earlier = first?.get(path);
    return sizeInBytes > 0 && earlier?.sizeInBytes === sizeInBytes && earlier.modifiedAt !== modifiedAt;
  });
}

function toSides(looks: readonly Look[], wanted: readonly SiteEntry[]): SiteListing["sidesOf"] {
  const meant = new Map<string, number>();
  for (const { path } of wanted)
    for (const base of new Set([path, stemOf(path)])) meant.set(base, (meant.get(base) ?? 0) + 1);
  return (path) =>
    checksumPathsOf(path).flatMap((side) => {
      const entry = looks.at(-1)?.get(side);
      const base = stemOf(side);
      return entry === undefined ? [] : [{ entry, isShared: base !== path && (meant.get(base) ?? 0) > 1 }];
    });
}

function toListedFile(connector: Connector, entry: SiteEntry, isRestless: boolean): ListedFile {
  const { path, sizeInBytes, modifiedAt } = entry;
  const siteDay: SiteDay = toSiteDay(modifiedAt, connector.zone);
  const pathHash = toPathHash(path);
  return {
    v: 1,
    id: toFileId(connector.feed, path, String(sizeInBytes), String(modifiedAt)),
    connector: connector.name,
    feed: connector.feed,
    siteDay,
    path,
    pathHash,
    sizeInBytes,
    modifiedAt,
    isRestless,
    state: "listed",
    evidence: paths.evidence({ feed: connector.feed, siteDay, connector: connector.name }, entry),
    tries: 0,
    dropFiles: [],
    besides: {},
    unclaimed: 0,
    checksums: [],
  };
}
