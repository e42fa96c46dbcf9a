import { type ConnectorName, type DropId, dropId, dropParts } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument, updateDocument } from "../store/state-document.ts";
import { type DropState, dropState } from "./drop-state.ts";

/** What it takes to read and move drops. */
export interface DropBookDeps {
  readonly blobs: Blobs;
  /** Names this process in what it writes, so that its own writes are known again. */
  readonly writer: string;
}

/** The drop if it is open. */
export async function readOpenDrop(blobs: Blobs, drop: DropId): Promise<DropState | undefined> {
  return (await readDocument(blobs, paths.open(drop), dropState))?.value;
}

/** The drop, open or closed; an open one is the newer word. */
export async function readDrop(blobs: Blobs, drop: DropId): Promise<DropState | undefined> {
  return (await readOpenDrop(blobs, drop)) ?? (await readDocument(blobs, paths.closed(drop), dropState))?.value;
}

/**
 * All drops that are not closed, in order of name; only their ids, because one whose record cannot be read must not keep
 * anybody from the others. A record under a name that is no drop's goes to `strange`.
 */
export async function* listOpenIds(
  blobs: Pick<Blobs, "list">,
  strange: (path: BlobPath) => void = () => undefined,
): AsyncIterable<DropId> {
  for await (const { path } of blobs.list(paths.opens)) {
    const id = dropId.safeParse(path.slice(paths.opens.length));
    if (id.success) yield id.data;
    else strange(path);
  }
}

/** The same of one connector. */
export async function* listOpenIdsOf(blobs: Pick<Blobs, "list">, connector: ConnectorName): AsyncIterable<DropId> {
  for await (const { path } of blobs.list(`${paths.opens}${connector}-`)) {
    const id = dropId.safeParse(path.slice(paths.opens.length));
    if (id.success && dropParts(id.data).connector === connector) yield id.data;
  }
}

/**
 * Moves an open drop on by compare-and-swap. `change` sees the newest value and returns the next one, or undefined to
 * leave it. Resolves to the drop as it then stands; undefined when it is no longer open or was left as it is.
 */
export async function moveDrop(
  deps: DropBookDeps,
  drop: DropId,
  change: (now: DropState) => DropState | undefined,
): Promise<DropState | undefined> {
  return await updateDocument(deps.blobs, paths.open(drop), dropState, change, { writer: deps.writer });
}
