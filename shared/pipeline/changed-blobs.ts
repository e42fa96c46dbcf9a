import type { BlobEntry, BlobPath, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { toUnreadable, type Unreadable } from "./read-problem.ts";

/** How many blobs may still be read. */
export interface ReadBudget {
  left: number;
}

/** A blob as it was last read. */
export interface Seen<T> {
  readonly path: BlobPath;
  /** The version that was read, and when storage took it, ms since 1970. */
  readonly etag: string;
  readonly modifiedAt: number;
  /** Undefined when it cannot be read. */
  readonly value: T | undefined;
  readonly unreadable?: Unreadable;
}

/** What is below a prefix. */
export interface Look<T> {
  /** In order of name. */
  readonly seen: readonly Seen<T>[];
  /** So many are there and were not read, because the budget was used up. */
  readonly unread: number;
}

/**
 * Blobs below a prefix, of which only those are read that have changed since the last look: a listing tells each one's
 * ETag, 5,000 to a request. So looking again at 2,000 mailbox runs costs one request and one more for each that moved.
 */
export class ChangedBlobs<T> {
  readonly #blobs: Pick<Blobs, "list">;
  readonly #read: (path: BlobPath) => Promise<T | undefined>;
  #known = new Map<BlobPath, Seen<T>>();

  /** @param read reads one; undefined when it is gone. What it throws about the record itself is kept as unreadable. */
  constructor(blobs: Pick<Blobs, "list">, read: (path: BlobPath) => Promise<T | undefined>) {
    this.#blobs = blobs;
    this.#read = read;
  }

  /** How many were read at the last look. */
  get size(): number {
    return this.#known.size;
  }

  /** As it was at the last look. */
  get last(): Look<T> {
    return { seen: [...this.#known.values()], unread: 0 };
  }

  /** @param wants whether a path is of interest. @default all */
  async look(
    prefix: BlobPath,
    budget: ReadBudget = { left: Number.POSITIVE_INFINITY },
    wants: (path: BlobPath) => boolean = () => true,
  ): Promise<Look<T>> {
    const next = new Map<BlobPath, Seen<T>>();
    const changed: BlobEntry[] = [];
    let unread = 0;
    for await (const entry of this.#blobs.list(prefix)) {
      if (!wants(entry.path)) continue;
      const known = this.#known.get(entry.path);
      if (known?.etag === entry.etag) next.set(entry.path, known);
      else if (budget.left > 0) {
        budget.left -= 1;
        changed.push(entry);
      } else unread += 1;
    }
    for await (const seen of mapAhead(changed, 16, (entry) => this.#readOne(entry))) {
      if (seen !== undefined) next.set(seen.path, seen);
    }
    const seen = [...next.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    this.#known = new Map(seen.map((one) => [one.path, one]));
    return { seen, unread };
  }

  async #readOne({ path, etag, modifiedAt }: BlobEntry): Promise<Seen<T> | undefined> {
    try {
      const value = await this.#read(path);
      return value === undefined ? undefined : { path, etag, modifiedAt, value };
    } catch (error) {
      const unreadable = toUnreadable(path, error);
      if (unreadable === undefined) throw error;
      return { path, etag, modifiedAt, value: undefined, unreadable };
    }
  }
}
