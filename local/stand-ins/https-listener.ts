import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server, Socket } from "node:net";
import type { LocalTls } from "../tls/certificate-files.ts";

/** Where a stand-in listens. */
export interface ListenOptions {
  /** Server certificate; without one the listener speaks plain http, which only the mailbox page does. */
  readonly tls?: Pick<LocalTls, "cert" | "key">;
  /** @default 0, a free port */
  readonly port?: number;
  /** @default "127.0.0.1": stand-ins hold what look like real chats and have no business on a network */
  readonly host?: string;
}

/** A listening server. */
export interface Listener {
  /** `https://localhost:{port}`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection at once and frees the port; may be called twice. */
  close(): Promise<void>;
}

/**
 * Resets a connection, as a crashed or restarted gateway does: the client sees ECONNRESET and no end of an answer. Below
 * TLS that is the connection's own socket, since TLS has no reset.
 */
export function resetConnection(socket: Socket | null): void {
  if (socket === null) return;
  (below.get(toPeer(socket)) ?? socket).resetAndDestroy();
}

/** The sockets below the TLS ones, by the client's address. */
const below = new Map<string, Socket>();

function toPeer({ localPort, remoteAddress, remotePort }: Socket): string {
  return `${localPort} ${remoteAddress} ${remotePort}`;
}

/** Answers one request. What it throws or rejects with ends the request with a 500 that says so. */
export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Starts a server on this machine.
 *
 * @throws when the port is taken
 */
export async function startListener(options: ListenOptions, handle: HandleRequest): Promise<Listener> {
  const { tls, port = 0, host = "127.0.0.1" } = options;
  const server = tls === undefined ? createHttpServer() : createHttpsServer({ cert: tls.cert, key: tls.key });
  server.keepAliveTimeout = 30_000;
  server.on("request", (request, response) => {
    handle(request, response).catch((error: unknown) => answerSurprise(response, error));
  });
  const sockets = trackSockets(server);
  const actualPort = await listen(server, port, host);
  const url = `${tls === undefined ? "http" : "https"}://localhost:${actualPort}`;
  return { url, port: actualPort, close: () => closeAll(server, sockets) };
}

// A keep-alive connection holds a server open for as long as the client likes, so a test would never end.
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    const peer = toPeer(socket);
    sockets.add(socket);
    below.set(peer, socket);
    socket.once("close", () => {
      sockets.delete(socket);
      below.delete(peer);
    });
  });
  return sockets;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP listener has a port");
      resolve(address.port);
    });
  });
}

function closeAll(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function answerSurprise(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
  response.end(`The stand-in itself failed. This is a bug in local/, not an answer of the service:\n${text}\n`);
}
