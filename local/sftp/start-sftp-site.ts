import { mkdir, realpath } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Connection as SshConnection } from "ssh2";
import { toFingerprint } from "../../shared/fetch/host-key.ts";
import type { SiteFaults } from "./faults.ts";
import { type Connection, FolderSession } from "./folder-session.ts";
import { type LocalHostKeyKind, loadHostKey, publicHalf } from "./host-keys.ts";
import { type Guests, toDoorman } from "./sign-in.ts";

/** How to run the local SFTP site. */
export interface SftpSiteOptions extends Guests {
  /** The folder that is served, read-only, as `/`. It is made when it is not there. */
  readonly root: string;
  /** @default any free port */
  readonly port?: number;
  /** Where the host key is kept, so that its fingerprint stays. @default a folder of this process's own */
  readonly stateDir?: string;
  /** @default ["ed25519"] */
  readonly hostKeys?: readonly LocalHostKeyKind[];
  readonly faults?: SiteFaults;
}

/** A running SFTP site. */
export interface RunningSftpSite {
  /** Such as `sftp://user@127.0.0.1:2222/`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Fingerprint of the first host key, `SHA256:...`. */
  readonly fingerprint: string;
  readonly fingerprints: readonly string[];
  /** Sign-in requests seen so far, by method; the first `none` counts too. */
  readonly signIns: ReadonlyMap<string, number>;
  /** Ends all connections and the site. */
  close(): Promise<void>;
}

/** Starts an SFTP site on the loopback interface: real SSH on real sockets, for the laptop and for tests. */
export async function startSftpSite(options: SftpSiteOptions): Promise<RunningSftpSite> {
  const { user, port = 0, faults = {}, hostKeys: kinds = ["ed25519"] } = options;
  const stateDir = options.stateDir ?? join(tmpdir(), `sftp-site-${process.pid}`);
  await mkdir(options.root, { recursive: true });
  const root = await realpath(options.root);
  const hostKeys = await Promise.all(kinds.map((kind) => loadHostKey(stateDir, kind)));
  const sockets = new Set<Socket>();
  const signIns = new Map<string, number>();
  const tcp = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    if (faults.muteFromStart === true) return;
    const ssh = new ssh2.Server({ hostKeys }, (client) => serve(client, socket, { ...options, root }, faults, signIns));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => tcp.once("error", reject).listen(port, "127.0.0.1", resolve));
  const bound = toPort(tcp.address());
  const fingerprints = hostKeys.map((key) => toFingerprint(publicHalf(key)));
  return {
    url: `sftp://${encodeURIComponent(user)}@127.0.0.1:${bound}/`,
    host: "127.0.0.1",
    port: bound,
    user,
    fingerprint: fingerprints[0] ?? "",
    fingerprints,
    signIns,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => tcp.close(() => resolve()));
    },
  };
}

function serve(
  client: SshConnection,
  socket: Socket,
  options: Guests & { readonly root: string },
  faults: SiteFaults,
  signIns: Map<string, number>,
): void {
  const answer = toDoorman(options);
  const connection: Connection = { sentInBytes: 0, freeze: () => freeze(socket), cut: () => socket.destroy() };
  client.on("authentication", (context) => {
    signIns.set(context.method, (signIns.get(context.method) ?? 0) + 1);
    if (faults.deafTo?.includes("sign-in") === true) return;
    if (faults.refuseLogins === true) context.reject(["password", "publickey"]);
    else answer(context);
  });
  // A client that hangs up in the middle is no concern of the site's.
  client.on("error", () => socket.destroy());
  client.on("session", (accept) => {
    if (faults.deafTo?.includes("session") === true) return;
    const session = accept();
    if (faults.noSubsystem === true) return;
    session.on("sftp", (open) => {
      const folder = new FolderSession(options.root, open(), faults, connection);
      client.on("close", () => void folder.end());
    });
  });
}

/** The connection stays open, but nothing is sent or read any more: like a peer whose machine has died. */
function freeze(socket: Socket): void {
  socket.cork();
  socket.pause();
  socket.removeAllListeners("data");
}

function toPort(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
