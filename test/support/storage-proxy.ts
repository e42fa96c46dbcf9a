import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { toStorageOperation } from "./storage-operation.ts";

/** What the proxy does to a request. */
export type StorageFaultAction =
  /** Storage carries the request out; the connection then breaks before a reply. */
  | { readonly kind: "drop-reply" }
  /** The connection breaks before storage has seen the request. */
  | { readonly kind: "reset" }
  /** Storage carries it out; the first half of the reply comes, then the connection breaks. */
  | { readonly kind: "cut-reply" }
  /** Storage carries it out; neither a reply nor an end of the connection ever comes. */
  | { readonly kind: "stall-reply" }
  /** Neither storage sees the request nor does a reply ever come. */
  | { readonly kind: "stall" }
  /** The first half of the reply's body comes and then nothing more. */
  | { readonly kind: "stall-body" }
  | { readonly kind: "delay"; readonly ms: number }
  /** A bit of what is sent changes on its way; storage sees the rest as it is. */
  | { readonly kind: "garble" }
  /** Storage never sees it, or, with `after`, carries it out, and the reply says that it failed. */
  | { readonly kind: "answer"; readonly status: 500 | 503; readonly after?: boolean }
  /** Storage never sees it, and is said to have refused it for this reason. */
  | { readonly kind: "refuse"; readonly status: 403 | 404; readonly code: string }
  /** Storage carries it out, and the reply bears these headers in place of its own of those names. */
  | { readonly kind: "headers"; readonly set: () => Readonly<Record<string, string>> };

/** When the proxy does it: at the `nth` matching request (from 1) and the ones after it up to `times`, or at a rate. */
export interface StorageProxyFault {
  /** Operation as in storage's documentation: "Append Block", "Put Blob", ... @default any */
  readonly of?: string;
  /** What the blob's path contains. @default anything */
  readonly path?: string;
  readonly nth?: number;
  /** @default 1 */
  readonly times?: number;
  /** Share of the matching requests from 0 to 1, drawn from `seed`; instead of `nth`. */
  readonly rate?: number;
  readonly seed?: number;
  readonly action: StorageFaultAction;
}

/** A proxy before storage. */
export interface StorageProxy {
  /** Endpoint of the account at the proxy, for a connection string. */
  readonly endpoint: string;
  /** Requests by operation since the start or the last plan. */
  readonly counts: ReadonlyMap<string, number>;
  /** Requests that met a fault since then. */
  readonly struck: number;
  /** Replaces the plan and begins to count anew. */
  plan(...faults: readonly StorageProxyFault[]): void;
  /** Ends it with all its connections. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy before one of Azurite's endpoints, e.g. http://127.0.0.1:10000/devstoreaccount1.
 * @param moreHeaders are put onto each request that goes on, as it goes on
 */
export async function startStorageProxy(
  target: string,
  moreHeaders: () => Readonly<Record<string, string>> = () => ({}),
): Promise<StorageProxy> {
  const upstream = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  let struck = 0;
  let deciders: ((operation: string, path: string) => StorageFaultAction | undefined)[] = [];
  const server = createServer((incoming, reply) => {
    const operation = toStorageOperation(incoming);
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    // Every fault counts every matching request, also when an earlier one strikes.
    const actions = deciders.map((decide) => decide(operation, incoming.url ?? ""));
    const action = actions.find((candidate) => candidate !== undefined);
    if (action !== undefined) struck += 1;
    const way = { upstream, agent, moreHeaders };
    handle(incoming, reply, way, action).catch(() => incoming.socket.destroy());
  });
  // A connection that is closed for being idle just as it is used again would look like a fault that nobody planned.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${toPort(server.address())}${upstream.pathname}`,
    counts,
    get struck() {
      return struck;
    },
    plan: (...faults) => {
      counts.clear();
      struck = 0;
      deciders = faults.map(toDecider);
    },
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function toPort(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return address.port;
}

function toDecider(fault: StorageProxyFault): (operation: string, path: string) => StorageFaultAction | undefined {
  const draw = seededDraws(fault.seed ?? 1);
  let seen = 0;
  return (operation, path) => {
    if (fault.of !== undefined && fault.of !== operation) return undefined;
    if (fault.path !== undefined && !decodeURIComponent(path).includes(fault.path)) return undefined;
    seen += 1;
    const nth = fault.nth ?? 1;
    const strikes = fault.rate === undefined ? seen >= nth && seen < nth + (fault.times ?? 1) : draw() < fault.rate;
    return strikes ? fault.action : undefined;
  };
}

/** How requests go on to storage. */
interface Way {
  readonly upstream: URL;
  readonly agent: Agent;
  readonly moreHeaders: () => Readonly<Record<string, string>>;
}

async function handle(
  incoming: IncomingMessage,
  reply: ServerResponse,
  way: Way,
  action: StorageFaultAction | undefined,
): Promise<void> {
  const body = await readAll(incoming);
  if (action?.kind === "reset") return void incoming.socket.destroy();
  if (action?.kind === "stall") return;
  if (action?.kind === "delay") await setTimeout(action.ms);
  if (action?.kind === "answer" && action.after !== true) return refuse(reply, action.status);
  if (action?.kind === "refuse") return refuse(reply, action.status, action.code);
  const answer = await forward(incoming, action?.kind === "garble" ? garbled(body) : body, way);
  if (action?.kind === "drop-reply") return void incoming.socket.destroy();
  if (action?.kind === "stall-reply") return;
  if (action?.kind === "answer") return refuse(reply, action.status);
  if (action?.kind === "cut-reply" || action?.kind === "stall-body") {
    return sendHalf(incoming, reply, answer, action.kind === "cut-reply");
  }
  const headers = action?.kind === "headers" ? withHeaders(answer.rawHeaders, action.set()) : answer.rawHeaders;
  reply.writeHead(answer.status, headers);
  reply.end(answer.body);
}

function garbled(body: Buffer): Buffer {
  const changed = Buffer.from(body);
  const middle = Math.floor(changed.length / 2);
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  return changed;
}

interface Answer {
  readonly status: number;
  readonly rawHeaders: string[];
  readonly body: Buffer;
}

async function forward(incoming: IncomingMessage, body: Buffer, way: Way): Promise<Answer> {
  const { agent, moreHeaders } = way;
  const { hostname, port } = way.upstream;
  const { method, url: path, rawHeaders } = incoming;
  const headers = [...rawHeaders, ...Object.entries(moreHeaders()).flat()];
  const outgoing = request({ agent, hostname, port, method, path, headers });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, "response");
  if (answer === undefined) throw new Error("no answer");
  return { status: answer.statusCode ?? 500, rawHeaders: answer.rawHeaders, body: await readAll(answer) };
}

async function sendHalf(
  incoming: IncomingMessage,
  reply: ServerResponse,
  answer: Answer,
  ends: boolean,
): Promise<void> {
  if (answer.body.length < 2) {
    incoming.socket.write(`HTTP/1.1 ${answer.status} `);
  } else {
    // Chunked upstream replies get a length here, so that a cut body is known to be cut.
    const headers = withoutFraming(answer.rawHeaders);
    reply.writeHead(answer.status, [...headers, "Content-Length", String(answer.body.length)]);
    reply.write(answer.body.subarray(0, answer.body.length / 2));
  }
  // Lets what was written leave before the connection breaks.
  await setTimeout(20);
  if (ends) incoming.socket.destroy();
}

function withHeaders(rawHeaders: readonly string[], set: Readonly<Record<string, string>>): string[] {
  const isReplaced = (name: string | undefined) => Object.keys(set).includes(name?.toLowerCase() ?? "");
  const kept = rawHeaders.filter((_, index) => !isReplaced(rawHeaders[index - (index % 2)]));
  return [...kept, ...Object.entries(set).flat()];
}

function withoutFraming(rawHeaders: readonly string[]): string[] {
  const isFraming = (name: string | undefined) => /^(content-length|transfer-encoding)$/i.test(name ?? "");
  return rawHeaders.filter((_, index) => !isFraming(rawHeaders[index - (index % 2)]));
}

function refuse(
  reply: ServerResponse,
  status: 403 | 404 | 500 | 503,
  code = status === 503 ? "ServerBusy" : "InternalError",
): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>As planned.</Message></Error>`;
  reply.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code });
  reply.end(body);
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Mulberry32: the same draws for the same seed. */
function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
