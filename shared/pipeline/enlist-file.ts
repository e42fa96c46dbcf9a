import { z } from "zod";
import { type ConnectorName, type DropId, dropParts, toDropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
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

/**
 * Makes files durable as soon as they are listed, all at once, and then each of them part of its drop. A process that dies
 * in between leaves the list, so that a file is told of even when the site has deleted it since.
 */
export async function enlistFiles(deps: EnlistDeps, name: ConnectorName, files: readonly ListedFile[]): Promise<void> {
  if (files.length === 0) return;
  const list = { v: 1 as const, files: [...files] };
  await putDocument(deps.blobs, listingOf(name), listing, () => list, { writer: deps.writer });
  await enlistAll(deps, name, files);
}

/** Enlists what a process that died had listed. */
export async function enlistListed(deps: EnlistDeps, name: ConnectorName): Promise<void> {
  const left = (await readDocument(deps.blobs, listingOf(name), listing))?.value;
  if (left !== undefined) await enlistAll(deps, name, left.files);
}

async function enlistAll(deps: EnlistDeps, name: ConnectorName, files: readonly ListedFile[]): Promise<void> {
  for (const file of files) await enlistFile(deps, file);
  await deps.blobs.remove(listingOf(name));
}

/**
 * Makes a listed file part of its site day's drop. A drop whose gate is decided takes no more
 * files: what comes later goes to the next `seq`.
 */
async function enlistFile(deps: EnlistDeps, listed: ListedFile): Promise<FileState> {
  const path = paths.file(listed.connector, listed.siteDay, listed.id);
  const known = (await readDocument(deps.blobs, path, fileState))?.value;
  const drop = known?.drop ?? (await findCollectingDrop(deps, listed));
  if (known === undefined)
    await createDocument(deps.blobs, path, fileState, { ...listed, drop }, { writer: deps.writer });
  return await joinDrop(deps, (await readDocument(deps.blobs, path, fileState))?.value ?? { ...listed, drop });
}

async function joinDrop(deps: EnlistDeps, file: FileState): Promise<FileState> {
  await createOpenDrop(deps, file);
  const joined = await moveDrop(deps, file.drop, (drop) => withFile(drop, file));
  const drop = joined ?? (await readDrop(deps.blobs, file.drop));
  if (drop?.files.includes(file.id) === true) return file;
  const next = await findCollectingDrop(deps, file);
  const path = paths.file(file.connector, file.siteDay, file.id);
  const moved = await updateDocument(deps.blobs, path, fileState, (now) => ({ ...now, drop: next }), {
    writer: deps.writer,
  });
  return await joinDrop(deps, moved ?? { ...file, drop: next });
}

function withFile(drop: DropState, file: FileState): DropState | undefined {
  if (drop.state !== "collecting" || drop.gen !== 1 || drop.files.includes(file.id)) return undefined;
  return { ...drop, files: [...drop.files, file.id] };
}

async function createOpenDrop(deps: EnlistDeps, file: FileState): Promise<void> {
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
    files: [file.id],
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
