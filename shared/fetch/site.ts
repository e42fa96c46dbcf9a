import type { MayBeSite } from "./guarded-lookup.ts";

/** A file as the site's listing tells it. */
export interface SiteEntry {
  /** The folder as asked for and the name, joined by a slash. Names people and firms: never to be logged. */
  readonly path: string;
  readonly sizeInBytes: number;
  /** The file's mtime, ms since 1970 in whole seconds: SFTP tells no more. */
  readonly modifiedAt: number;
}

/** What a folder of a site lists. */
export interface FolderListing {
  /** Its files, in order of path. */
  readonly files: readonly SiteEntry[];
  /**
   * Entries that are passed over because they cannot be asked for or known again: names that lead elsewhere, that are too
   * long or no UTF-8, files without size or time, links that may not be followed. No server that is well has any.
   */
  readonly unusable: number;
}

/**
 * The place where a feed's files lie. Every method fails with a SiteError whose reason says what to do, and none of
 * them waits for ever: a site that stops answering is given up after the silence deadline.
 */
export interface Site {
  /**
   * The files of one folder. Folders, devices and pipes are left out; links to files count as files.
   * @param isWanted entries that are not are left out, too, without being asked for
   * @throws SiteError
   */
  list(folder: string, signal?: AbortSignal, isWanted?: (path: string) => boolean): Promise<FolderListing>;
  /** How one file looks now. @throws SiteError, with reason `no-such-file` when it is gone */
  stat(path: string, signal?: AbortSignal): Promise<SiteEntry>;
  /**
   * The bytes of one file in order. Ends normally only when exactly `sizeInBytes` came and the file ended there.
   * @throws SiteError `file-shrank` or `file-grew` when the file is not as long as its listing said
   */
  read(path: string, sizeInBytes: number, signal?: AbortSignal): AsyncIterable<Buffer>;
  /** Closes the connection; never throws, is done within seconds, and may be called twice. */
  end(): Promise<void>;
}

/** How long to wait for a site, in ms. */
export interface SiteTimeouts {
  /** For name look-up, TCP, host key, sign-in and the SFTP subsystem together. @default 20,000 */
  readonly connectInMs?: number;
  /** Longest wait for the next answer to anything asked. @default 15,000 */
  readonly silenceInMs?: number;
  /** Time between keepalives; after three without any byte from the site the connection counts as dead. @default a quarter of the silence */
  readonly keepaliveInMs?: number;
  /** Longest wait for an orderly goodbye before the socket is cut. @default 2,000 */
  readonly endInMs?: number;
}

/** How a site is spoken to. */
export interface SiteOptions extends SiteTimeouts {
  /** Which addresses may be connected to. @default all but the platform's own services */
  readonly mayBeSite?: MayBeSite;
}

/** Where a site is and which host keys it may show. */
export interface SiteAddress {
  readonly host: string;
  readonly port: number;
  /** Trusted fingerprints as OpenSSH prints them (`SHA256:...`); several while the site changes its key. */
  readonly hostKeys: readonly string[];
}

/** How the connector proves who it is. With both a key and a password each is used where the site asks for it. */
export interface SiteLogin {
  readonly user: string;
  readonly password?: string;
  /** OpenSSH or PEM private key. */
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** The key that is to take the other's place: offered where the site refuses the other or that one cannot be opened. */
  readonly nextKey?: { readonly privateKey: string; readonly passphrase?: string };
}
