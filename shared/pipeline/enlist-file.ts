import * as z from "zod";
import { type ConnectorName, type DropId, dropParts, toDropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { createDocument, putDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { moveDrop, readDrop } from "./drop-book.ts";
import { type DropState, dropState } from "./drop-state.ts";
import { type FileState, fileState } from "./file-state.ts";
import { type ListedFile, listedFile } from "./list-site.ts";

/** What enlisting takes. */
export interface EnlistDeps {
  readonly blobs: Blobs;
  readonly writer: string;
  readonly clock: { now(): number };
}

/** `state/listing/{connector}`: files that are being enlisted. */
const listing = z.object({ v: z.literal(1), files: z.array(listedFile) });
const listingOf = (name: ConnectorName): BlobPath => `state/listing/${name}`;

/** Files that are made durable and enlisted together: a folder of years is not one document. */
const batchSize = 500;
const filesAtOnce = 16;

/**
 * Makes files durable as soon as they are listed, many at once, and then each of them part of its drop. A process that dies
 * in between leaves the list, so that a file is told of even when the site has deleted it since.
 */
export async function enlistFiles(deps: EnlistDeps, name: ConnectorName, files: readonly ListedFile[]): Promise<void> {
  const byDay = [...Map.groupBy(files, ({ siteDay }) => siteDay).values()].flat();
  for (let at = 0; at < byDay.length; at += batchSize) {
    const batch = byDay.slice(at, at + batchSize);
    const list = { v: 1 as const, files: batch };
    await putDocument(deps.blobs, listingOf(name), listing, () => list, { writer: deps.writer });
    await enlistAll(deps, name, batch);
  }
}

/** Enlists what a process that died had listed. */
export async function enlistListed(deps: EnlistDeps, name: ConnectorName): Promise<void> {
  const left = (await readDocument(deps.blobs, listingOf(name), listing))?.value;
  if (left !== undefined) await enlistAll(deps, name, left.files);
}

async function enlistAll(deps: EnlistDeps, name: ConnectorName, files: readonly ListedFile[]): Promise<void> {
  for (const day of Map.groupBy(files, ({ siteDay }) => siteDay).values()) await enlistDay(deps, day);
  await deps.blobs.remove(listingOf(name));
}

/**
 * Makes listed files part of their site day's drop. A drop whose gate is decided takes no more files: what comes later
 * goes to the next `seq`.
 */
async function enlistDay(deps: EnlistDeps, files: readonly ListedFile[]): Promise<void> {
  let collecting: Promise<DropId> | undefined;
  const toDrop = (file: ListedFile): Promise<DropId> => {
    collecting ??= findCollectingDrop(deps, file);
    return collecting;
  };
  const noted: FileState[] = [];
  for await (const file of mapAhead(files, filesAtOnce, (listed) => noteFile(deps, listed, toDrop))) noted.push(file);
  for (const ofOneDrop of Map.groupBy(noted, ({ drop }) => drop).values()) await joinDrop(deps, ofOneDrop);
}

async function noteFile(
  deps: EnlistDeps,
  listed: ListedFile,
  toDrop: (file: ListedFile) => Promise<DropId>,
): Promise<FileState> {
  const path = paths.file(listed.connector, listed.siteDay, listed.id);
  const known = (await readDocument(deps.blobs, path, fileState))?.value;
  if (known !== undefined) return known;
  const file = { ...listed, drop: await toDrop(listed) };
  const created = await createDocument(deps.blobs, path, fileState, file, { writer: deps.writer });
  return created === "different" ? ((await readDocument(deps.blobs, path, fileState))?.value ?? file) : file;
}

/** @param files of one drop */
async function joinDrop(deps: EnlistDeps, files: readonly FileState[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  await createOpenDrop(deps, first, files);
  const joined = await moveDrop(deps, first.drop, (drop) => withFiles(drop, files));
  const inside = new Set((joined ?? (await readDrop(deps.blobs, first.drop)))?.files);
  const left = files.filter(({ id }) => !inside.has(id));
  if (left.length === 0) return;
  const next = await findCollectingDrop(deps, first);
  const moved: FileState[] = [];
  for await (const file of mapAhead(left, filesAtOnce, (late) => moveFile(deps, late, next))) moved.push(file);
  await joinDrop(deps, moved);
}

async function moveFile(deps: EnlistDeps, file: FileState, drop: DropId): Promise<FileState> {
  const path = paths.file(file.connector, file.siteDay, file.id);
  const change = (now: FileState): FileState => ({ ...now, drop });
  const moved = await updateDocument(deps.blobs, path, fileState, change, { writer: deps.writer });
  return moved ?? { ...file, drop };
}

function withFiles(drop: DropState, files: readonly FileState[]): DropState | undefined {
  if (drop.state !== "collecting" || drop.gen !== 1) return undefined;
  const known = new Set(drop.files);
  const missing = files.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  return missing.length === 0 ? undefined : { ...drop, files: [...drop.files, ...missing] };
}

async function createOpenDrop(deps: EnlistDeps, file: FileState, files: readonly FileState[]): Promise<void> {
  if ((await readDrop(deps.blobs, file.drop)) !== undefined) return;
  const now = deps.clock.now();
  const body: DropState = {
    v: 1,
    id: file.drop,
    connector: file.connector,
    feed: file.feed,
    siteDay: file.siteDay,
    seq: dropParts(file.drop).seq,
    gen: 1,
    state: "collecting",
    files: files.map(({ id }) => id),
    chatFiles: [],
    items: 0,
    openedAt: now,
    movedAt: now,
    isResetting: false,
    isFromEvidence: false,
    isCleaned: false,
  };
  await createDocument(deps.blobs, paths.open(file.drop), dropState, body, { writer: deps.writer });
}

/** The site day's drop that still collects, else the next one's id. */
async function findCollectingDrop(deps: EnlistDeps, file: ListedFile): Promise<DropId> {
  for (let seq = 1; ; seq += 1) {
    const id = toDropId(file.connector, file.siteDay, seq);
    const drop = await readDrop(deps.blobs, id);
    if (drop === undefined || (drop.state === "collecting" && drop.gen === 1)) return id;
  }
}
