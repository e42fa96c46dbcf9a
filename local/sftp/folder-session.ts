import { type FileHandle, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from "ssh2";
import type { SiteFaults, SiteStep } from "./faults.ts";

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const usualBatch = 100;

/** What one connection has been sent, and how to break it: the faults need both. */
export interface Connection {
  sentInBytes: number;
  readonly freeze: () => void;
  readonly cut: () => void;
}

interface Listing {
  readonly folder: string;
  readonly names: readonly string[];
  next: number;
}

/** Serves a folder, for reading only, to one SFTP session. */
export class FolderSession {
  readonly #root: string;
  readonly #sftp: SFTPWrapper;
  readonly #faults: SiteFaults;
  readonly #connection: Connection;
  readonly #files = new Map<number, FileHandle>();
  readonly #listings = new Map<number, Listing>();
  #next = 0;

  constructor(root: string, sftp: SFTPWrapper, faults: SiteFaults, connection: Connection) {
    this.#root = root;
    this.#sftp = sftp;
    this.#faults = faults;
    this.#connection = connection;
    this.#listen();
  }

  #listen(): void {
    const sftp = this.#sftp;
    sftp.on("REALPATH", (id, path) => this.#do(id, "stat", async () => sftp.name(id, [this.#bare(inside(path))])));
    sftp.on("STAT", (id, path) =>
      this.#do(id, "stat", async () => sftp.attrs(id, await this.#attributes(inside(path)))),
    );
    sftp.on("LSTAT", (id, path) =>
      this.#do(id, "stat", async () => sftp.attrs(id, await this.#ownAttributes(inside(path)))),
    );
    sftp.on("OPENDIR", (id, path) => this.#do(id, "opendir", () => this.#openFolder(id, inside(path))));
    sftp.on("READDIR", (id, handle) => this.#do(id, "readdir", () => this.#readFolder(id, toNumber(handle))));
    sftp.on("OPEN", (id, path, flags) => this.#do(id, "open", () => this.#openFile(id, inside(path), flags)));
    sftp.on("READ", (id, handle, offset, length) =>
      this.#do(id, "read", () => this.#readFile(id, toNumber(handle), offset, length)),
    );
    sftp.on("FSTAT", (id, handle) => this.#do(id, "stat", () => this.#statFile(id, toNumber(handle))));
    sftp.on("CLOSE", (id, handle) => this.#do(id, "close", () => this.#close(id, toNumber(handle))));
  }

  /** Closes what the client has left open. */
  async end(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => file.close()));
  }

  /** Answers one request, or with the status that its error stands for. */
  #do(id: number, step: SiteStep, work: () => Promise<void>): void {
    const { delayInMs, deafAfterBytes, deafTo, shuffleAnswers } = this.#faults;
    if (deafTo?.includes(step) === true) return;
    if (deafAfterBytes !== undefined && this.#connection.sentInBytes >= deafAfterBytes) return;
    const wait = (delayInMs ?? 0) + (shuffleAnswers === true ? (id * 7919) % 11 : 0);
    const run = wait === 0 ? work() : sleep(wait).then(work);
    run.catch((error: unknown) => this.#sftp.status(id, toStatus(error), this.#faults.refusalText));
  }

  async #openFolder(id: number, folder: string): Promise<void> {
    if (this.#faults.denyList === true) throw coded("EACCES");
    const { inventedEntries, listing } = this.#faults;
    const real = (await readdir(await this.#resolve(folder))).toSorted();
    const invented =
      inventedEntries === undefined ? real : Array.from({ length: inventedEntries }, (_, n) => `${n}.csv`);
    const names = listing?.(invented) ?? invented;
    this.#listings.set(this.#next, { folder, names, next: 0 });
    this.#sftp.handle(id, toHandle(this.#next++));
  }

  async #readFolder(id: number, handle: number): Promise<void> {
    const listing = this.#listings.get(handle);
    if (listing === undefined) throw coded("EBADF");
    if (this.#faults.endlessListing === true) listing.next = 0;
    const names = listing.names.slice(listing.next, listing.next + (this.#faults.entriesPerAnswer ?? usualBatch));
    listing.next += names.length;
    if (names.length === 0) return this.#sftp.status(id, STATUS_CODE.EOF);
    const entries = await Promise.all(names.map((name) => this.#entry(listing.folder, name)));
    this.#sftp.name(id, entries);
  }

  async #entry(folder: string, filename: string): Promise<FileEntry> {
    const isInvented = this.#faults.inventedEntries !== undefined;
    const attrs = isInvented
      ? noAttributes
      : await this.#ownAttributes(posix.join(folder, filename)).catch(() => noAttributes);
    const isFolder = (attrs.mode & 0o170000) === 0o040000;
    const longname = `${isFolder ? "d" : "-"}rw-r--r-- 1 site site ${attrs.size} ${filename}`;
    return { filename, longname, attrs };
  }

  async #openFile(id: number, path: string, flags: number): Promise<void> {
    if (this.#faults.denyRead === true || flags !== OPEN_MODE.READ) throw coded("EACCES");
    const file = await open(await this.#resolve(path), "r");
    this.#files.set(this.#next, file);
    this.#sftp.handle(id, toHandle(this.#next++));
  }

  async #readFile(id: number, handle: number, offset: number, length: number): Promise<void> {
    const file = this.#files.get(handle);
    if (file === undefined) throw coded("EBADF");
    const { shortReadInBytes = length, endsAtByte = Number.POSITIVE_INFINITY, extraBytes = 0 } = this.#faults;
    const wanted = Math.min(length, shortReadInBytes, 262_144, Math.max(0, endsAtByte - offset));
    const buffer = Buffer.alloc(wanted, 0x20);
    const { bytesRead } = await file.read(buffer, 0, wanted, offset);
    const { size } = await file.stat();
    const count = Math.max(bytesRead, Math.min(wanted, size + extraBytes - offset));
    if (count <= 0) return this.#sftp.status(id, STATUS_CODE.EOF);
    this.#send(id, buffer.subarray(0, count));
  }

  #send(id: number, data: Buffer): void {
    const never = Number.POSITIVE_INFINITY;
    const { silentAfterBytes = never, cutAfterBytes = never, closesChannelAfterBytes = never } = this.#faults;
    this.#connection.sentInBytes += data.length;
    if (this.#connection.sentInBytes > silentAfterBytes) this.#connection.freeze();
    else if (this.#connection.sentInBytes > cutAfterBytes) this.#connection.cut();
    else if (this.#connection.sentInBytes > closesChannelAfterBytes) this.#sftp.end();
    else this.#sftp.data(id, data);
  }

  async #statFile(id: number, handle: number): Promise<void> {
    const file = this.#files.get(handle);
    if (file === undefined) throw coded("EBADF");
    this.#sftp.attrs(id, toAttributes(await file.stat()));
  }

  async #close(id: number, handle: number): Promise<void> {
    await this.#files.get(handle)?.close();
    this.#files.delete(handle);
    this.#listings.delete(handle);
    this.#sftp.status(id, STATUS_CODE.OK);
  }

  async #attributes(path: string): Promise<Attributes> {
    return this.#told(toAttributes(await stat(await this.#resolve(path))));
  }

  /** A link's own attributes, not those of what it leads to. */
  async #ownAttributes(path: string): Promise<Attributes> {
    const folder = await this.#resolve(posix.dirname(path));
    return this.#told(toAttributes(await lstat(join(folder, posix.basename(path)))));
  }

  #told(real: Attributes): Attributes {
    const attrs = { ...real, ...this.#faults.toldAttributes };
    if (this.#faults.bareAttributes === true) {
      for (const name of ["size", "atime", "mtime"]) Reflect.deleteProperty(attrs, name);
    }
    return attrs;
  }

  /** A link that leads out of the root is followed nowhere. */
  async #resolve(path: string): Promise<string> {
    const real = await realpath(join(this.#root, path));
    if (real !== this.#root && !real.startsWith(`${this.#root}/`)) throw coded("EACCES");
    return real;
  }

  #bare(filename: string): FileEntry {
    return { filename, longname: filename, attrs: noAttributes };
  }
}

const noAttributes: Attributes = { mode: 0o100644, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
function toAttributes(stats: { mode: number; size: number; atimeMs: number; mtimeMs: number }): Attributes {
  const [atime, mtime] = [Math.floor(stats.atimeMs / 1000), Math.floor(stats.mtimeMs / 1000)];
  return { mode: stats.mode, uid: 0, gid: 0, size: stats.size, atime, mtime };
}

/** Any client path, as an absolute path below the root. */
function inside(path: string): string {
  return posix.normalize(`/${path}`);
}

function toHandle(number: number): Buffer {
  const handle = Buffer.alloc(4);
  handle.writeUInt32BE(number);
  return handle;
}

function toNumber(handle: Buffer): number {
  return handle.length === 4 ? handle.readUInt32BE() : -1;
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function toStatus(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EBADF") return STATUS_CODE.NO_SUCH_FILE;
  if (code === "EACCES" || code === "EPERM") return STATUS_CODE.PERMISSION_DENIED;
  return STATUS_CODE.FAILURE;
}
