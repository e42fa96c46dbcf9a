import type { ConnectorName, DropId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import type { Site } from "../fetch/site.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { connectorOf } from "./connector-book.ts";
import { listOpenDrops } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";
import { enlistFile } from "./enlist-file.ts";
import { listFiles, readFiles } from "./file-book.ts";
import { type FileState, isTerminal } from "./file-state.ts";
import { type ListedFile, listSettledFiles } from "./list-site.ts";
import { fetchFile, putOff, type ReceiveDeps, receiveFile, reject } from "./receive-file.ts";
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
  readonly outcome: "fetched" | "busy" | "paused";
  readonly drops: readonly DropId[];
}

/**
 * Fetches one connector's new files, verifies what was fetched and decides the gates that can be decided. A failing site
 * does not keep what was fetched before from going on: its fault is thrown at the end.
 */
export async function fetchConnector(deps: FetchDeps, name: ConnectorName): Promise<Fetched> {
  const connector = await connectorOf(deps.blobs, name);
  if (connector.isPaused) return { outcome: "paused", drops: [] };
  const done = await withLease(deps, paths.lock(`fetch-${name}`), async (lost) => {
    const signal = AbortSignal.any([lost, AbortSignal.timeout(deps.deadlineInMs)]);
    const siteFault = await download(deps, connector, signal).then(nothing, (fault: unknown) => ({ fault }));
    const drops = await verifyAndAdvance(deps, connector, signal);
    if (siteFault !== undefined) throw siteFault.fault;
    return drops;
  });
  return done === undefined ? { outcome: "busy", drops: [] } : { outcome: "fetched", drops: done };
}

function nothing(): undefined {
  return undefined;
}

async function download(deps: FetchDeps, connector: Connector, signal: AbortSignal): Promise<void> {
  const site = await deps.openSite(connector, signal);
  try {
    const listed = await listSettledFiles({ ...deps, site }, connector, signal);
    deps.log.info("site.listed", { connector: connector.name, files: listed.length });
    for (const file of await toUnseen(deps, connector, listed)) await enlistFile(deps, file);
    for (const file of await listUnfinished(deps, connector)) {
      await fetchOrPutOff({ ...deps, site }, file, listed, signal);
    }
  } finally {
    await site.end();
  }
}

/** The listed files that are new, or whose record is so young that a crash may have kept it from its drop. */
async function toUnseen(deps: FetchDeps, connector: Connector, listed: readonly ListedFile[]): Promise<ListedFile[]> {
  const known = new Map<string, FileState>();
  for (const day of new Set(listed.map(({ siteDay }) => siteDay))) {
    for (const file of await listFiles(deps.blobs, connector.name, day)) known.set(file.id, file);
  }
  return listed.filter(({ id }) => (known.get(id)?.state ?? "listed") === "listed");
}

async function listUnfinished(deps: FetchDeps, connector: Connector): Promise<FileState[]> {
  const unfinished: FileState[] = [];
  for await (const drop of listCollecting(deps, connector)) {
    unfinished.push(...(await readFiles(deps.blobs, drop)).filter((file) => !isTerminal(file)));
  }
  return unfinished;
}

async function* listCollecting(deps: FetchDeps, connector: Connector): AsyncIterable<DropState> {
  for await (const drop of listOpenDrops(deps.blobs)) {
    if (drop.connector === connector.name && drop.state === "collecting" && !drop.isResetting) yield drop;
  }
}

/** A later version of an unfinished file takes its place: what is there of the old one stays in evidence. */
async function fetchOrPutOff(
  deps: FetchDeps & { readonly site: Site },
  file: FileState,
  listed: readonly ListedFile[],
  signal: AbortSignal,
): Promise<void> {
  const successor = listed.find(({ path, id }) => path === file.path && id !== file.id);
  if (successor !== undefined) {
    await reject(
      deps,
      file,
      "superseded",
      `The site has a later version of this file, which is taken as file ${successor.id}.`,
    );
    return;
  }
  if (file.sha256 !== undefined) return;
  if (listed.some(({ id }) => id === file.id)) await fetchFile(deps, file, signal);
  else if (isDue(deps, file))
    await putOff(deps, file, "gone-from-site", "The file was listed and is no longer on the site.");
}

async function verifyAndAdvance(deps: FetchDeps, connector: Connector, signal: AbortSignal): Promise<DropId[]> {
  const drops: DropId[] = [];
  for await (const drop of listCollecting(deps, connector)) {
    for (const file of await readFiles(deps.blobs, drop)) {
      signal.throwIfAborted();
      if (isReady(deps, file)) await receiveFile(deps, connector, file);
    }
    await advanceDrop(deps, drop.id);
    drops.push(drop.id);
  }
  return drops;
}

function isReady(deps: FetchDeps, file: FileState): boolean {
  return file.state === "fetched" || (file.state === "incomplete" && file.sha256 !== undefined && isDue(deps, file));
}

function isDue(deps: FetchDeps, file: FileState): boolean {
  return (file.nextTryAt ?? 0) <= deps.clock.now();
}
