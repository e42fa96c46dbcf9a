import type { BlobEntry, BlobPath, Blobs } from "../../shared/store/blobs.ts";

/** A blob, or everything below one folder name taken together. */
export interface Child {
  /** A folder's ends with a slash. */
  readonly path: BlobPath;
  /** Of a blob 1. */
  readonly blobs: number;
  readonly sizeInBytes: number;
  /** The newest write, ms since 1970. */
  readonly modifiedAt: number;
}

/** What to look at. */
export interface LevelQuery {
  /** Container and folders, with a slash at the end. */
  readonly prefix: BlobPath;
  /** How the names must begin. */
  readonly starts: string;
  /** So many children are passed over. */
  readonly skip: number;
  /** At most so many are given. */
  readonly take: number;
}

/** One level of a container. */
export interface Level {
  readonly children: readonly Child[];
  /** Whether there are more after these. */
  readonly hasNext: boolean;
  /** Whether so much lies here that not all of it was looked at; the last child may then be larger than it says. */
  readonly isCut: boolean;
}

/** A listing is flat: a folder of a million blobs must be read to its end to find what follows it. So there is an end to it. */
export const listedAtMost = 20_000;

/** The children of a folder, blobs and folders in order of name, as many as asked for; stops reading when it has them. */
export async function listLevel(
  blobs: Pick<Blobs, "list">,
  { prefix, starts, skip, take }: LevelQuery,
  limit: number = listedAtMost,
): Promise<Level> {
  const scan = new Scan(blobs.list(`${prefix}${starts}`), limit);
  const children: Child[] = [];
  let passed = 0;
  for await (const child of listChildren(scan.entries(), prefix)) {
    if (children.length === take) return { children, hasNext: true, isCut: false };
    if (passed >= skip) children.push(child);
    passed += 1;
  }
  return { children, hasNext: false, isCut: scan.isCut };
}

/** Entries up to a limit, and whether there were more. */
class Scan {
  readonly #source: AsyncIterable<BlobEntry>;
  readonly #limit: number;
  isCut = false;

  constructor(source: AsyncIterable<BlobEntry>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  async *entries(): AsyncGenerator<BlobEntry> {
    let read = 0;
    for await (const entry of this.#source) {
      this.isCut = read === this.#limit;
      if (this.isCut) return;
      read += 1;
      yield entry;
    }
  }
}

/** What a folder holds stands together in a listing, since all of it begins with the same letters. */
async function* listChildren(entries: AsyncIterable<BlobEntry>, prefix: BlobPath): AsyncGenerator<Child> {
  let open: Child | undefined;
  for await (const entry of entries) {
    const path = toChildPath(entry.path, prefix);
    if (open?.path === path) {
      open = add(open, entry);
      continue;
    }
    if (open !== undefined) yield open;
    open = { path, blobs: 1, sizeInBytes: entry.sizeInBytes, modifiedAt: entry.modifiedAt };
  }
  if (open !== undefined) yield open;
}

function toChildPath(path: BlobPath, prefix: BlobPath): BlobPath {
  const slash = path.indexOf("/", prefix.length);
  return slash < 0 ? path : `${prefix}${path.slice(prefix.length, slash)}/`;
}

function add(child: Child, { sizeInBytes, modifiedAt }: BlobEntry): Child {
  return {
    path: child.path,
    blobs: child.blobs + 1,
    sizeInBytes: child.sizeInBytes + sizeInBytes,
    modifiedAt: Math.max(child.modifiedAt, modifiedAt),
  };
}
