import type { z } from "zod";
import { type SiteDay, toFileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { toFileFilter } from "../fetch/file-patterns.ts";
import { isSettled } from "../fetch/is-settled.ts";
import type { Site, SiteEntry } from "../fetch/site.ts";
import { toSiteDay } from "../fetch/site-day.ts";
import type { Clock } from "../store/clock.ts";
import { paths, toPathHash } from "../store/paths.ts";
import { fileState } from "./file-state.ts";

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
}

/**
 * The site's files that match the connector's patterns and have stopped growing: two listings some time apart show the
 * same size and mtime. A file that still grows is left for the next fetch: taking it now would archive half of it.
 */
export async function listSettledFiles(
  deps: ListSiteDeps,
  connector: Connector,
  signal: AbortSignal,
): Promise<SiteListing> {
  const { folder, include, exclude } = connector.site;
  const isWanted = toFileFilter({ include, exclude });
  const before = new Map((await deps.site.list(folder, signal)).map((entry) => [entry.path, entry]));
  await deps.clock.sleep(deps.settleInMs, signal);
  const now = (await deps.site.list(folder, signal)).filter(({ path }) => isWanted(path));
  const isReady = (entry: SiteEntry): boolean => {
    const earlier = before.get(entry.path);
    return earlier !== undefined && (isSettled(earlier, entry) || isLeftEmpty(entry, deps.clock.now()));
  };
  const ready = now.filter(isReady);
  return { settled: ready.map((entry) => toListedFile(connector, entry)), unsettled: now.length - ready.length };
}

/** A file of no bytes may be one that is about to be written; after a while it is one that the operator has to hear of. */
function isLeftEmpty({ sizeInBytes, modifiedAt }: SiteEntry, now: number): boolean {
  return sizeInBytes === 0 && now - modifiedAt > 15 * 60_000;
}

function toListedFile(connector: Connector, { path, sizeInBytes, modifiedAt }: SiteEntry): ListedFile {
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
    state: "listed",
    evidence: paths.evidence(connector.feed, siteDay, pathHash, sizeInBytes, modifiedAt),
    tries: 0,
    dropFiles: [],
    besides: {},
    unclaimed: 0,
  };
}
