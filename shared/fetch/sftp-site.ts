import { posix } from "node:path";
import type { FileEntryWithStats, Stats } from "ssh2";
import { mapAhead } from "../store/map-ahead.ts";
import { openWindow } from "./channel-window.ts";
import { anywhereButThePlatform } from "./guarded-lookup.ts";
import { type HostKeyKind, hostKeyKinds, isTrustedHostKey, type ShownHostKey } from "./host-key.ts";
import { readAhead } from "./read-ahead.ts";
import { type SignInTold, toSignIn } from "./sign-in.ts";
import type { FolderListing, Site, SiteAddress, SiteEntry, SiteLogin, SiteOptions, SiteTimeouts } from "./site.ts";
import { SiteError, type SiteReason } from "./site-error.ts";
import { type LinkOptions, SshLink } from "./ssh-link.ts";

const defaults = { connectInMs: 20_000, silenceInMs: 15_000, endInMs: 2_000 };

/** With a quarter of the silence between keepalives, a site that is gone is given up as soon as one that is deaf. */
function toWaits({ mayBeSite: _, ...timeouts }: SiteOptions): Required<SiteTimeouts> {
  const waits = { ...defaults, ...timeouts };
  return { keepaliveInMs: waits.silenceInMs / 4, ...waits };
}

/** A site that lists more is taken to be broken: its list would not end. */
const mostEntries = 200_000;
/** Longer names are nobody's; file systems end at 255 bytes. */
const longestName = 1_024;
/** Links and entries without attributes that are asked for at once. */
const statsAtOnce = 32;
/** `SSH_FX_EOF`, draft-ietf-secsh-filexfer-02, section 7. */
const endOfFile = 1;

/** A Site spoken to by SFTP. */
export class SftpSite implements Site {
  readonly #link: SshLink;

  /** Use `connectSftpSite`. */
  constructor(link: SshLink) {
    this.#link = link;
  }

  async list(
    folder: string,
    signal?: AbortSignal,
    isWanted: (path: string) => boolean = () => true,
  ): Promise<FolderListing> {
    const handle = await this.#link.ask<Buffer>("list", (sftp, done) => sftp.opendir(folder, done), signal);
    const files: SiteEntry[] = [];
    let unusable = 0;
    try {
      const found = mapAhead(this.#entries(handle, signal), statsAtOnce, (entry) =>
        this.#toFile(folder, entry, isWanted, signal),
      );
      for await (const file of found) {
        if (file === "unusable") unusable += 1;
        else if (file !== undefined) files.push(file);
      }
    } finally {
      await this.#close(handle);
    }
    return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), unusable };
  }

  async stat(path: string, signal?: AbortSignal): Promise<SiteEntry> {
    return toEntry(path, await this.#link.ask<Stats>("stat", (sftp, done) => sftp.stat(path, done), signal));
  }

  async *read(path: string, sizeInBytes: number, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
    const handle = await this.#link.ask<Buffer>("read", (sftp, done) => sftp.open(path, "r", done), signal);
    const readAt = (piece: Buffer, at: number, length: number, offset: number) =>
      this.#link.start<number>((sftp, done) => {
        openWindow(sftp);
        sftp.read(handle, piece, at, length, offset, done);
      });
    try {
      const wait = (piece: Promise<Buffer>) => this.#link.answer("read", piece, signal);
      yield* readAhead(readAt, { sizeInBytes, pieceInBytes: this.#link.pieceInBytes, wait });
    } finally {
      await this.#close(handle);
    }
  }

  end(): Promise<void> {
    return this.#link.end();
  }

  /** Each name once. A site that goes on sending what it has sent would keep us here for ever. */
  async *#entries(handle: Buffer, signal?: AbortSignal): AsyncGenerator<FileEntryWithStats, void> {
    const seen = new Set<string>();
    while (true) {
      const batch = await this.#readFolder(handle, signal);
      if (batch.length === 0) return;
      const fresh = batch.filter(({ filename }) => !seen.has(filename));
      if (fresh.length === 0 || seen.size > mostEntries) throw new SiteError("bad-listing");
      for (const { filename } of fresh) seen.add(filename);
      yield* fresh;
    }
  }

  async #readFolder(handle: Buffer, signal?: AbortSignal): Promise<readonly FileEntryWithStats[]> {
    const batch = await this.#link.ask<FileEntryWithStats[] | undefined>(
      "list",
      (sftp, done) => sftp.readdir(handle, (error, entries) => done(isEnd(error) ? null : error, entries)),
      signal,
    );
    return batch ?? [];
  }

  /** A file, or what a link leads to; undefined for what is no file of ours and links that lead nowhere. */
  async #toFile(
    folder: string,
    { filename, longname, attrs }: FileEntryWithStats,
    isWanted: (path: string) => boolean,
    signal?: AbortSignal,
  ): Promise<SiteEntry | "unusable" | undefined> {
    if (!isPlainName(filename)) return "unusable";
    const path = posix.join(folder, filename);
    if (!isWanted(path) || isNoFile(attrs) || /^[dbcps]/.test(longname)) return undefined;
    if (!attrs.isSymbolicLink() && isWhole(attrs)) return toEntry(path, attrs);
    try {
      const target = await this.#link.ask<Stats>("stat", (sftp, done) => sftp.stat(path, done), signal);
      return isNoFile(target) ? undefined : toEntry(path, target);
    } catch (error) {
      if (!(error instanceof SiteError)) throw error;
      if (error.reason === "no-such-file") return undefined;
      if (ofOneEntry.has(error.reason)) return "unusable";
      throw error;
    }
  }

  /** A handle that stays open costs the server a little until the connection ends; the result does not hang on it. */
  async #close(handle: Buffer): Promise<void> {
    const closed = this.#link.ask<void>("read", (sftp, done) => sftp.close(handle, (error) => done(error)));
    await closed.catch(() => undefined);
  }
}

/** What is wrong with one entry and not with the site: a loop of links is an unknown failure in SFTP. */
const ofOneEntry: ReadonlySet<SiteReason> = new Set(["permission-denied", "bad-attributes", "unknown"]);

/** A name with a slash would make us read outside of the folder; one that is no UTF-8 cannot be asked for. */
function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && name.length <= longestName && !/[/\0\ufffd]/.test(name);
}

/** Folders, and what would be read for ever. Where a server does not tell the kind it is taken for a file. */
function isNoFile(attrs: Stats): boolean {
  return (
    attrs.isDirectory() || attrs.isFIFO() || attrs.isSocket() || attrs.isCharacterDevice() || attrs.isBlockDevice()
  );
}

function isEnd(error: Error | undefined): boolean {
  return error !== undefined && "code" in error && error.code === endOfFile;
}

/** All attributes are optional in SFTP's packets, whatever the types say. */
function isWhole(attrs: { size?: unknown; mtime?: unknown }): boolean {
  return Number.isSafeInteger(attrs.size) && Number.isSafeInteger(attrs.mtime);
}

function toEntry(path: string, attrs: Stats): SiteEntry {
  if (!isWhole(attrs)) throw new SiteError("bad-attributes");
  return { path, sizeInBytes: attrs.size, modifiedAt: attrs.mtime * 1000 };
}

/**
 * Connects and signs in. Nothing but the handshake is sent before the host key is found among the trusted ones. A site
 * with several keys may show another kind than the pinned one first, so the other kinds are asked for, too, before the
 * key counts as changed.
 *
 * @param told takes which of the login's keys the site took
 * @throws SiteError
 */
export async function connectSftpSite(
  address: SiteAddress,
  login: SiteLogin,
  options: SiteOptions = {},
  signal?: AbortSignal,
  told: SignInTold = {},
): Promise<Site> {
  const isTrusted = (fingerprint: string) => isTrustedHostKey(address.hostKeys, fingerprint);
  const open = (kind?: HostKeyKind) =>
    SshLink.open(
      { ...base(address, options, kind), user: login.user, signIn: toSignIn(login, told), isTrusted },
      signal,
    );
  try {
    return new SftpSite(await open());
  } catch (error) {
    const trusted = hasReason(error, "host-key-changed")
      ? (await fetchHostKeys(address, options, signal)).find(({ fingerprint }) => isTrusted(fingerprint))
      : undefined;
    if (trusted === undefined) throw error;
    return new SftpSite(await open(trusted.kind));
  }
}

/**
 * The host keys that a site shows, one of each kind it has, for the admin to compare with what the site's operator says
 * and to confirm. No user name, password or key is sent.
 *
 * @throws SiteError
 */
export async function fetchHostKeys(
  { host, port }: Pick<SiteAddress, "host" | "port">,
  options: SiteOptions = {},
  signal?: AbortSignal,
): Promise<readonly ShownHostKey[]> {
  const shown: ShownHostKey[] = [];
  let failure: unknown;
  for (const kind of kinds) {
    const isTrusted = (fingerprint: string) => {
      shown.push({ kind, fingerprint });
      return false;
    };
    const asked = { ...base({ host, port }, options, kind), user: "", signIn: never, isTrusted };
    failure = await SshLink.open(asked, signal).catch((error: unknown) => error);
    if (!hasReason(failure, "host-key-changed") && !hasReason(failure, "no-common-algorithm")) break;
  }
  if (shown.length === 0) throw failure;
  return shown;
}

const kinds = ["ed25519", "ecdsa", "rsa"] as const satisfies readonly HostKeyKind[];

function never(): false {
  return false;
}

function base({ host, port }: { host: string; port: number }, options: SiteOptions, kind?: HostKeyKind) {
  const algorithms: Pick<LinkOptions, "hostKeyAlgorithms"> =
    kind === undefined ? {} : { hostKeyAlgorithms: hostKeyKinds[kind] };
  const { mayBeSite = anywhereButThePlatform } = options;
  return { host, port, timeouts: toWaits(options), mayBeSite, ...algorithms };
}

function hasReason(error: unknown, reason: SiteError["reason"]): boolean {
  return error instanceof SiteError && error.reason === reason;
}
