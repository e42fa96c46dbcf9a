import { connect, isIP, type Socket } from "node:net";
import type { ServerHostKeyAlgorithm, SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { classifySiteError, type SiteAction } from "./classify-site-error.ts";
import { withDeadline } from "./deadline.ts";
import { type MayBeSite, toGuardedLookup, toUnreachable } from "./guarded-lookup.ts";
import { toFingerprint } from "./host-key.ts";
import type { SignIn } from "./sign-in.ts";
import type { SiteTimeouts } from "./site.ts";
import { SiteError } from "./site-error.ts";

/** What is needed to open a link. */
export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly signIn: SignIn;
  /** Told each host key's fingerprint before anything is sent; `false` ends the link. */
  readonly isTrusted: (fingerprint: string) => boolean;
  /** Ask for host keys of these algorithms only. @default whatever both know */
  readonly hostKeyAlgorithms?: readonly ServerHostKeyAlgorithm[];
  readonly timeouts: Required<SiteTimeouts>;
  /** Asked about the address that would be connected to, after the name was looked up. */
  readonly mayBeSite: MayBeSite;
}

/** Calls one of ssh2's methods and passes on its callback. */
export type Question<T> = (sftp: SFTPWrapper, done: (error: Error | null | undefined, answer: T) => void) => void;

const silentKeepalives = 3;

/**
 * One SSH connection with its SFTP channel, such that nothing on it can wait for ever or raise an error nobody hears.
 *
 * The socket is ours, for three reasons. ssh2 leaves Nagle's algorithm on, which costs seven eighths of the speed. A
 * connection can be cut whatever state ssh2 is in. And silence is measured in bytes: ssh2's own keepalive counts
 * answers to pings, which on a slow line queue up behind the file's data, so that it kills healthy transfers.
 */
export class SshLink {
  readonly #client: SftpClient;
  readonly #socket: Socket;
  readonly #timeouts: Required<SiteTimeouts>;
  readonly #lost = new AbortController();
  #watch: NodeJS.Timeout | undefined;
  #ended: Promise<void> | undefined;
  #sftp: SFTPWrapper | undefined;
  #isOpenSsh = false;

  private constructor(options: LinkOptions) {
    this.#timeouts = options.timeouts;
    this.#client = new SftpClient("site", { error: ignore, end: ignore, close: ignore });
    this.#client.on("error", (error: unknown) => this.#lose(error));
    this.#client.on("close", () => this.#lose(new SiteError("disconnected")));
    // An expired password: without a listener ssh2 would wait for a new one for ever.
    this.#client.on("change password", () => this.#lose(new SiteError("authentication-failed")));
    const { host, port, mayBeSite } = options;
    this.#socket = connect({ host, port, noDelay: true, lookup: toGuardedLookup(mayBeSite) });
    this.#socket.on("error", (error) => this.#lose(error));
    // An address is not looked up.
    if (isIP(host) !== 0 && !mayBeSite(host)) this.#socket.destroy(toUnreachable());
  }

  /** Connects, checks the host key, signs in and opens the SFTP channel. @throws SiteError */
  static async open(options: LinkOptions, signal?: AbortSignal): Promise<SshLink> {
    const link = new SshLink(options);
    try {
      const bounds = { ms: options.timeouts.connectInMs, signal, lost: link.#lost.signal };
      link.#sftp = await withDeadline(link.#connect(options), bounds);
      link.#startWatch();
      return link;
    } catch (error) {
      await link.end();
      throw classifySiteError(error, "connect");
    }
  }

  /**
   * Best size of a read request. ssh2 asks only OpenSSH (and dropbear) for more than 31,952 bytes at a time; the rest of
   * a larger request it asks of others one round trip later. Small pieces cost a third of the speed with OpenSSH (measured).
   */
  get pieceInBytes(): number {
    return this.#isOpenSsh ? 131_072 : 31_952;
  }

  #connect({ host, port, user, signIn, isTrusted, hostKeyAlgorithms, timeouts }: LinkOptions): Promise<SFTPWrapper> {
    const connected = this.#client.connect({
      host,
      port,
      username: user,
      sock: this.#socket,
      authHandler: signIn,
      hostVerifier: (key: Buffer) => isTrusted(toFingerprint(key)),
      ...(hostKeyAlgorithms === undefined ? {} : { algorithms: { serverHostKey: [...hostKeyAlgorithms] } }),
      readyTimeout: 0,
      keepaliveInterval: timeouts.keepaliveInMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    });
    // After ssh2 has put the socket on hold, or the first bytes would come before it listens.
    this.#socket.once("data", (head: Buffer) => {
      this.#isOpenSsh = /^SSH-2\.0-(OpenSSH|dropbear)/m.test(head.toString("latin1"));
    });
    return connected;
  }

  /**
   * Asks the site something by one of ssh2's callbacks and waits for the answer, at most the silence deadline.
   * @throws SiteError
   */
  ask<T>(action: SiteAction, question: Question<T>, signal?: AbortSignal): Promise<T> {
    return this.answer(action, this.start(question), signal);
  }

  /** Asks without waiting. The answer has no deadline of its own: it is awaited through `answer`. */
  start<T>(question: Question<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#sftp === undefined || this.#ended !== undefined) throw new SiteError("disconnected");
      question(this.#sftp, (error, answer) => {
        if (error === undefined || error === null) resolve(answer);
        else reject(error);
      });
    });
  }

  /** Waits for what was started, at most the silence deadline from now. @throws SiteError */
  async answer<T>(action: SiteAction, work: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await withDeadline(work, { ms: this.#timeouts.silenceInMs, signal, lost: this.#lost.signal });
    } catch (error) {
      // ssh2 fails each open question when the connection ends; why it ended is the better answer.
      throw this.#lost.signal.aborted ? this.#lost.signal.reason : classifySiteError(error, action);
    }
  }

  /** Says goodbye, and cuts the connection when that is not answered. Never throws. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    clearInterval(this.#watch);
    // Whatever comes of the goodbye, the socket is gone afterwards, which is all that matters here.
    if (this.#sftp !== undefined && !this.#socket.destroyed) {
      await withDeadline(this.#client.end(), { ms: this.#timeouts.endInMs }).catch(ignore);
    }
    this.#socket.destroy();
    if (!this.#socket.closed) await new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.#lose(new SiteError("disconnected"));
  }

  #lose(error: unknown): void {
    clearInterval(this.#watch);
    if (!this.#lost.signal.aborted) this.#lost.abort(classifySiteError(error, "connect"));
  }

  /** ssh2 pings once an interval, so a living peer sends bytes, be it file data or the answer to a ping. */
  #startWatch(): void {
    let seen = this.#socket.bytesRead;
    let quiet = 0;
    this.#watch = setInterval(() => {
      quiet = this.#socket.bytesRead === seen ? quiet + 1 : 0;
      seen = this.#socket.bytesRead;
      if (quiet > silentKeepalives) this.#socket.destroy(new SiteError("silent"));
    }, this.#timeouts.keepaliveInMs);
  }
}

function ignore(): void {}
