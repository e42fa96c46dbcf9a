import type { BlobEntry, BlobPath, Blobs, StoredBlob } from "../store/blobs.ts";

/**
 * Says what blobs there are from listings of their folders instead of asking for each: with hundreds of dead messages of
 * one drop that is one request and not hundreds. Good for one moment only.
 */
export class ListedHeads implements Pick<Blobs, "read" | "head"> {
  readonly #blobs: Pick<Blobs, "read" | "list">;
  readonly #folders = new Map<BlobPath, Promise<ReadonlyMap<BlobPath, BlobEntry>>>();

  constructor(blobs: Pick<Blobs, "read" | "list">) {
    this.#blobs = blobs;
  }

  async head(path: BlobPath): Promise<BlobEntry | undefined> {
    const folder = toFolder(path);
    const listed = this.#folders.get(folder) ?? this.#list(folder);
    this.#folders.set(folder, listed);
    return (await listed).get(path);
  }

  async read(path: BlobPath, signal?: AbortSignal): Promise<StoredBlob | undefined> {
    return await this.#blobs.read(path, signal);
  }

  async #list(folder: BlobPath): Promise<ReadonlyMap<BlobPath, BlobEntry>> {
    const entries = new Map<BlobPath, BlobEntry>();
    for await (const entry of this.#blobs.list(folder)) entries.set(entry.path, entry);
    return entries;
  }
}

function toFolder(path: BlobPath): BlobPath {
  const end = path.lastIndexOf("/");
  const container = path.slice(0, path.indexOf("/"));
  return `${container}/${path.slice(container.length + 1, end + 1)}`;
}
