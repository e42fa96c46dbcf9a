import { type ConnectorName, type DropId, toFileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import type { Site } from "../fetch/site.ts";
import { SiteError } from "../fetch/site-error.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { connectorOf } from "./connector-book.ts";
import { listOpenIdsOf, readOpenDrop } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";
import { enlistFiles, enlistListed } from "./enlist-file.ts";
import { readFiles } from "./file-book.ts";
import { type FileState, fileState, isTerminal } from "./file-state.ts";
import { type KnownFiles, readKnownFiles } from "./known-files.ts";
import { compareLate } from "./late-checksums.ts";
import { type ListedFile, listSettledFiles, type SiteListing } from "./list-site.ts";
import {
  fetchFile,
  noteChecksums,
  putOff,
  type ReceiveDeps,
  receiveFile,
  reject,
  rereadFile,
  takeUpEvidence,
} from "./receive-file.ts";
import { hasNoted } from "./take-checksums.ts";
import { checksumMismatch } from "./verdict.ts";
import { withLease } from "./with-lease.ts";

/** What fetching takes. */
export interface FetchDeps extends AdvanceDeps, ReceiveDeps {
  readonly clock: Clock;
  readonly openSite: (connector: Connector, signal: AbortSignal) => Promise<Site>;
  readonly settleInMs: number;
  readonly lockInMs: number;
  /** Longest time one connector's fetch may take; what is not done by then goes on with the next fetch. */
  readonly deadlineInMs: number;
}

/** What a fetch came to. */
export interface Fetched {
  /** "refused": the site could not be used as asked. "spared": it was not asked. What had been fetched before went on in each case. */
  readonly outcome: "fetched" | "busy" | "paused" | "refused" | "spared";
  readonly drops: readonly DropId[];
  /** Files on the site that still grow: they are left for another fetch. */
  readonly unsettled: number;
}

/** How to fetch this time. */
export interface FetchChoices {
  /** Leaves the site alone. @default false */
  readonly isSiteSpared?: boolean;
  /** Told at once when the site refuses: whatever becomes of the rest, it has been asked in vain. */
  readonly onRefusal?: (refusal: SiteError) => Promise<void>;
  /** Told when the site lists files that were not known. */
  readonly onFreshFiles?: () => Promise<void>;
}

/** The part of a fetch's time that may go into downloading. */
const downloadShare = 0.75;

/** One fetch of one connector. Faults of single files and drops are kept, so that the others go on. */
interface Fetching {
  readonly deps: FetchDeps;
  readonly connector: Connector;
  readonly signal: AbortSignal;
  readonly onFreshFiles: () => Promise<void>;
  readonly faults: unknown[];
}

/**
 * Fetches one connector's new files, verifies what was fetched and decides the gates that can be decided. Neither a
 * failing site nor one file's or drop's fault keeps the others from going on; the first surprise is thrown at the end, and
 * what the site refuses is an outcome. Of a connector that is paused, or whose site is to be spared, only what was fetched
 * before goes on.
 */
export async function fetchConnector(
  deps: FetchDeps,
  name: ConnectorName,
  { isSiteSpared = false, onRefusal = async () => undefined, onFreshFiles = async () => undefined }: FetchChoices = {},
): Promise<Fetched> {
  const done = await withLease(deps, paths.lock(`fetch-${name}`), async (lost): Promise<Fetched> => {
    // Not before: deleted, or pointed at another host, in between, its secrets would be shown to the wrong site.
    const connector = await connectorOf(deps.blobs, name);
    const signal = AbortSignal.any([lost, AbortSignal.timeout(deps.deadlineInMs)]);
    const fetching: Fetching = { deps, connector, signal, onFreshFiles, faults: [] };
    const isAsked = !connector.isPaused && !isSiteSpared;
    const unsettled = isAsked ? await downloadInTime(fetching) : 0;
    const refusal = fetching.faults.find(isRefusal);
    if (refusal !== undefined) await onRefusal(refusal);
    const drops = await verifyAndAdvance(fetching);
    const surprise = fetching.faults.find((fault) => !isRefusal(fault));
    if (surprise !== undefined) throw surprise;
    const asked = refusal === undefined ? "fetched" : "refused";
    return { outcome: isAsked ? asked : connector.isPaused ? "paused" : "spared", drops, unsettled };
  });
  return done ?? { outcome: "busy", drops: [], unsettled: 0 };
}

/** What a site is expected to do now and then. An answer that nobody knows, or our own wish to stop, is none of that. */
function isRefusal(fault: unknown): fault is SiteError {
  return fault instanceof SiteError && fault.reason !== "unknown" && fault.reason !== "aborted";
}

/** A site that drips must not eat the time in which what was fetched is verified: else nothing of it would ever go on. */
async function downloadInTime(fetching: Fetching): Promise<number> {
  const { deps, signal } = fetching;
  const late = AbortSignal.timeout(deps.deadlineInMs * downloadShare);
  let unsettled = 0;
  await attempt(fetching, {}, async () => {
    unsettled = await download({ ...fetching, signal: AbortSignal.any([signal, late]) });
  });
  return unsettled;
}

/** Keeps a fault for the end, unless the whole fetch is over. */
async function attempt(
  { deps, connector, signal, faults }: Fetching,
  ids: { readonly drop?: DropId; readonly file?: FileState["id"] },
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (fault) {
    if (signal.aborted) throw fault;
    deps.log.error("fetch.fault", { connector: connector.name, ...ids, ...toErrorFields(fault) });
    faults.push(fault);
  }
}

async function download(fetching: Fetching): Promise<number> {
  const { deps, connector, signal, onFreshFiles } = fetching;
  await enlistListed(deps, connector.name);
  const site = await deps.openSite(connector, signal);
  try {
    const { settled, unsettled, unusable, sidesOf } = await listSettledFiles({ ...deps, site }, connector, signal);
    const days = new Set(settled.map(({ siteDay }) => siteDay));
    const known = await readKnownFiles(deps, connector.name, days);
    const listed = settled.map((file) => toCurrent(file, known));
    const fresh = listed.filter(({ id }) => !known.has(id)).length;
    deps.log.info("site.listed", { connector: connector.name, files: listed.length, fresh, unsettled });
    if (fresh > 0) await onFreshFiles();
    if (unusable > 0) deps.log.error("site.entries-unusable", { connector: connector.name, entries: unusable });
    const isUnseen = ({ id }: ListedFile) => (known.get(id)?.state ?? "listed") === "listed";
    await enlistFiles(deps, connector.name, listed.filter(isUnseen));
    const seen: Seen = { listed, sidesOf };
    await forEachFile(fetching, await listUnfinished(fetching), (file) =>
      fetchOrPutOff({ ...deps, site }, file, seen, signal),
    );
    await forEachFile(fetching, await listLateCompared(fetching, seen, known), (file) =>
      compareLate({ ...deps, site }, connector, file, sidesOf(file.path), signal),
    );
    return unsettled;
  } finally {
    await site.end();
  }
}

/** What the site has, as the last look at it showed. */
interface Seen {
  readonly listed: readonly ListedFile[];
  readonly sidesOf: SiteListing["sidesOf"];
}

/** One after the other, until the connection is gone, or will not give anything: asking for the others would only take long. */
async function forEachFile(
  fetching: Fetching,
  files: readonly FileState[],
  work: (file: FileState) => Promise<unknown>,
): Promise<void> {
  for (const file of files) {
    const before = fetching.faults.length;
    await attempt(fetching, { drop: file.drop, file: file.id }, async () => {
      fetching.signal.throwIfAborted();
      await work(file);
    });
    if (fetching.faults.slice(before).some((fault) => fault instanceof SiteError)) return;
  }
}

/** Verified files beside which a checksum lies now that did not lie there before. */
async function listLateCompared(
  { deps }: Fetching,
  { listed, sidesOf }: Seen,
  known: KnownFiles,
): Promise<readonly FileState[]> {
  const late: FileState[] = [];
  for (const { id, path, connector, feed, siteDay } of listed) {
    const { state, checksums = [] } = known.get(id) ?? {};
    if (state !== "verified" || hasNoted({ feed, siteDay, connector, checksums }, sidesOf(path))) continue;
    const file = (await readDocument(deps.blobs, paths.file(connector, siteDay, id), fileState))?.value;
    if (file !== undefined) late.push(file);
  }
  return late;
}

/**
 * A file that was put aside without a byte of it having come, because it was gone or could not be read, and that is there
 * again, is a new file: under its old id it would never be looked at again.
 */
function toCurrent(file: ListedFile, known: KnownFiles): ListedFile {
  const { feed, path, sizeInBytes, modifiedAt } = file;
  let current = file;
  for (let again = 2; isNeverCome(known.get(current.id)); again += 1) {
    current = { ...file, id: toFileId(feed, path, String(sizeInBytes), String(modifiedAt), `again-${again}`) };
  }
  return current;
}

function isNeverCome(file: ReturnType<KnownFiles["get"]>): boolean {
  return file?.state === "rejected" && !file.isCome;
}

async function listUnfinished(fetching: Fetching): Promise<FileState[]> {
  const unfinished: FileState[] = [];
  await forEachCollecting(fetching, async (drop) => {
    unfinished.push(...(await readFiles(fetching.deps.blobs, drop)).filter((file) => !isTerminal(file)));
  });
  return unfinished;
}

/** A drop whose record cannot be read keeps no other from its turn. */
async function forEachCollecting(fetching: Fetching, work: (drop: DropState) => Promise<void>): Promise<void> {
  const { blobs } = fetching.deps;
  for await (const id of listOpenIdsOf(blobs, fetching.connector.name)) {
    await attempt(fetching, { drop: id }, async () => {
      const drop = await readOpenDrop(blobs, id);
      if (drop?.state === "collecting" && !drop.isResetting) await work(drop);
    });
  }
}

/**
 * A later version takes the place of a file that did not come whole: what is there of the old one stays in evidence. One
 * that did come whole stays what it is: senders write a new day's chats under the old name.
 */
async function fetchOrPutOff(
  deps: FetchDeps & { readonly site: Site },
  found: FileState,
  { listed, sidesOf }: Seen,
  signal: AbortSignal,
): Promise<void> {
  const isListed = listed.some(({ id }) => id === found.id);
  // Before the bytes: evidence that is there may be verified at any time, by a process that asks no site.
  const noted = isListed ? await noteChecksums(deps, found, sidesOf(found.path), signal) : found;
  const file = await takeUpEvidence(deps, noted);
  if (file.state === "fetched") return;
  const successor = listed.find(({ path, id }) => path === file.path && id !== file.id);
  if (successor !== undefined) {
    const message = `The site has a later version of this file, which is taken as file ${successor.id}.`;
    await reject(deps, file, { code: "superseded", message });
    return;
  }
  if (file.sha256 !== undefined) {
    const isToReread = isListed && file.reason?.code === checksumMismatch && isDue(deps, file);
    if (isToReread) await rereadFile(deps, file, signal);
  } else if (isListed) await fetchFile(deps, file, signal);
  else if (isDue(deps, file)) await putOff(deps, file, gone);
}

const gone = { code: "gone-from-site", message: "The file was listed and is no longer on the site." };

async function verifyAndAdvance(fetching: Fetching): Promise<DropId[]> {
  const { deps, connector, signal } = fetching;
  const drops: DropId[] = [];
  await forEachCollecting(fetching, async (drop) => {
    drops.push(drop.id);
    for (const file of await readFiles(deps.blobs, drop)) {
      signal.throwIfAborted();
      await attempt(fetching, { drop: drop.id, file: file.id }, () => verifyIfReady(deps, connector, file));
    }
    await advanceDrop(deps, drop.id);
  });
  return drops;
}

async function verifyIfReady(deps: FetchDeps, connector: Connector, found: FileState): Promise<void> {
  const file = await takeUpEvidence(deps, found);
  if (isReady(deps, file)) await receiveFile(deps, connector, file);
}

function isReady(deps: FetchDeps, file: FileState): boolean {
  return file.state === "fetched" || (file.state === "incomplete" && file.sha256 !== undefined && isDue(deps, file));
}

function isDue(deps: FetchDeps, file: FileState): boolean {
  return (file.nextTryAt ?? 0) <= deps.clock.now();
}
