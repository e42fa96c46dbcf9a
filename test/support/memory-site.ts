import type { FolderListing, Site, SiteEntry } from "../../shared/fetch/site.ts";
import { SiteError } from "../../shared/fetch/site-error.ts";

interface SiteFile {
  readonly bytes: Buffer;
  readonly modifiedAt: number;
}

/** What a site is asked. */
export type SiteQuestion = "list" | "stat" | "read";

/** An SFTP site in memory. Tests put, replace and take away files, and make it fail. */
export class MemorySite implements Site {
  readonly files = new Map<string, SiteFile>();
  /** Runs before each answer: throws what the site fails with, or changes the site under the reader's hands. */
  onAsk: (question: SiteQuestion, path: string) => void = () => undefined;
  /** How often each file was read. */
  readonly reads = new Map<string, number>();
  /** How many entries of nonsense a listing has besides. */
  unusable = 0;
  isEnded = false;

  /** Puts a file there, in place of an older one. */
  put(path: string, bytes: Uint8Array | string, modifiedAt: number): void {
    this.files.set(path, { bytes: Buffer.from(bytes), modifiedAt: Math.floor(modifiedAt / 1000) * 1000 });
  }

  async list(folder: string, signal?: AbortSignal): Promise<FolderListing> {
    signal?.throwIfAborted();
    this.onAsk("list", folder);
    const inside = folder.endsWith("/") ? folder : `${folder}/`;
    const paths = [...this.files.keys()].filter((path) => path.startsWith(inside)).toSorted();
    return { files: paths.map((path) => this.#entryOf(path)), unusable: this.unusable };
  }

  async stat(path: string, signal?: AbortSignal): Promise<SiteEntry> {
    signal?.throwIfAborted();
    this.onAsk("stat", path);
    return this.#entryOf(path);
  }

  async *read(path: string, sizeInBytes: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
    let sent = 0;
    while (sent < sizeInBytes) {
      signal?.throwIfAborted();
      this.onAsk("read", path);
      const { bytes } = this.#fileOf(path);
      const piece = bytes.subarray(sent, Math.min(sent + 4096, sizeInBytes));
      if (piece.length === 0) throw new SiteError("file-shrank");
      sent += piece.length;
      yield Buffer.from(piece);
    }
    if (this.#fileOf(path).bytes.length > sizeInBytes) throw new SiteError("file-grew");
  }

  async end(): Promise<void> {
    this.isEnded = true;
  }

  #entryOf(path: string): SiteEntry {
    const { bytes, modifiedAt } = this.#fileOf(path);
    return { path, sizeInBytes: bytes.length, modifiedAt };
  }

  #fileOf(path: string): SiteFile {
    const file = this.files.get(path);
    if (file === undefined) throw new SiteError("no-such-file");
    return file;
  }
}
