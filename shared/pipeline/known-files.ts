import * as z from "zod";
import type { ConnectorName, SiteDay } from "../chat/identifiers.ts";
import type { BlobEntry, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import {
  createDocument,
  DocumentFault,
  type HeldDocument,
  holdDocument,
  readDocument,
  updateHeld,
} from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import type { Log } from "../telemetry/log.ts";
import { type FileState, fileState, isTerminal } from "./file-state.ts";

/** What knowing the files of a site takes. */
export interface KnownFilesDeps {
  readonly blobs: Blobs;
  readonly writer: string;
  readonly log: Log;
}

/** What has become of a file that was seen before, as far as a fetch has to know. */
const knownFile = z.object({
  state: fileState.shape.state,
  /** Whether all of its bytes ever came. */
  isCome: z.boolean(),
  /** The checksum files that are noted beside it: where their texts are kept. */
  checksums: z.array(fileState.shape.checksums.unwrap().element.pick({ evidence: true })),
});
type KnownFile = z.infer<typeof knownFile>;

/** What has become of the files that were seen before, by id. */
export type KnownFiles = ReadonlyMap<string, KnownFile>;

/**
 * `state/known/{connector}`: what the last fetches read of the records of files that are done with, each with the version
 * that was read. Nothing is lost with it: an entry counts only while the listing shows just that version.
 */
const remembered = z.object({
  v: z.literal(1),
  /** By site day and id. */
  files: z.record(z.string(), knownFile.extend({ etag: z.string() })),
});
type Remembered = z.infer<typeof remembered>;
type Entry = Remembered["files"][string];

/** The document stays below some MB; files beyond that are read at each fetch. */
const mostRemembered = 20_000;
const readsAtOnce = 16;

/**
 * What is known of the files of these site days. It takes a listing or two, one read and, for each record that has changed
 * since the last fetch, another, however long files stay on the site.
 */
export async function readKnownFiles(
  deps: KnownFilesDeps,
  connector: ConnectorName,
  days: ReadonlySet<SiteDay>,
): Promise<KnownFiles> {
  if (days.size === 0) return new Map();
  const held = await holdRemembered(deps, connector);
  const known = new Map<string, Entry>();
  const changed: BlobEntry[] = [];
  for await (const entry of listRecords(deps.blobs, connector, days)) {
    const name = entry.path.slice(paths.files(connector).length);
    const before = held?.value.files[name];
    if (before?.etag === entry.etag) known.set(name, before);
    else changed.push(entry);
  }
  let isNews = false;
  for await (const [name, entry] of mapAhead(changed, readsAtOnce, (record) =>
    readEntry(deps.blobs, connector, record),
  )) {
    if (entry === undefined) continue;
    known.set(name, entry);
    isNews ||= isTerminal(entry);
  }
  if (isNews) await remember(deps, connector, held, known);
  return new Map([...known].map(([name, entry]) => [name.slice(name.indexOf("/") + 1), entry]));
}

/** An archive's record can be megabytes: only what a fetch has to know is kept of it. */
async function readEntry(
  blobs: Pick<Blobs, "read">,
  connector: ConnectorName,
  { path }: BlobEntry,
): Promise<readonly [string, Entry | undefined]> {
  const found = await readDocument(blobs, path, fileState);
  const name = path.slice(paths.files(connector).length);
  return [name, found === undefined ? undefined : { etag: found.etag, ...toKnown(found.value) }];
}

function toKnown({ state, sha256, checksums }: FileState): KnownFile {
  return { state, isCome: sha256 !== undefined, checksums: checksums.map(({ evidence }) => ({ evidence })) };
}

async function* listRecords(
  blobs: Pick<Blobs, "list">,
  connector: ConnectorName,
  days: ReadonlySet<string>,
): AsyncGenerator<BlobEntry> {
  const root = paths.files(connector);
  for (const beginning of toBeginnings([...days])) {
    for await (const entry of blobs.list(`${root}${beginning}`)) {
      const [day = ""] = entry.path.slice(root.length).split("/");
      if (days.has(day)) yield entry;
    }
  }
}

/** With what the days' names begin: for a month or two of each, so that no year is listed for two days at its turn; else of all. */
function toBeginnings(days: readonly string[]): string[] {
  const months = [...Map.groupBy(days, (day) => day.slice(0, "2026-06".length)).values()];
  return (months.length <= 2 ? months : [days]).map(toCommon);
}

function toCommon(days: readonly string[]): string {
  const sorted = days.toSorted();
  const [first = "", last = ""] = [sorted[0], sorted.at(-1)];
  let length = first.length;
  while (!last.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** One that cannot be read must not keep the connector from being fetched: all that is in it can be read anew. */
async function holdRemembered(
  { blobs, log }: KnownFilesDeps,
  connector: ConnectorName,
): Promise<HeldDocument<Remembered> | undefined> {
  try {
    return await holdDocument(blobs, paths.known(connector), remembered);
  } catch (fault) {
    if (!(fault instanceof DocumentFault)) throw fault;
    log.info("site.known-files-forgotten", { connector, ...toErrorFields(fault) });
    await blobs.remove(paths.known(connector));
    return undefined;
  }
}

/** Of each file what cannot change but by an admin: what is still on its way has changed by the next fetch. */
async function remember(
  { blobs, writer }: KnownFilesDeps,
  connector: ConnectorName,
  held: HeldDocument<Remembered> | undefined,
  known: ReadonlyMap<string, Entry>,
): Promise<void> {
  const done = [...known].filter(([, entry]) => isTerminal(entry)).toSorted(([a], [b]) => (a < b ? 1 : -1));
  const next: Remembered = { v: 1, files: Object.fromEntries(done.slice(0, mostRemembered)) };
  const path = paths.known(connector);
  if (held === undefined) await createDocument(blobs, path, remembered, next, { writer });
  else await updateHeld(blobs, path, remembered, held, () => next, { writer });
}
