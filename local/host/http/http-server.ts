import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpTrigger, IndexedFunction } from "../config/function-index.ts";
import type { Invoke } from "../invoker.ts";
import type { HostLog } from "../log.ts";
import { answerAdmin, type RunTimer } from "./admin-api.ts";
import { answerBuffered } from "./buffered-invocation.ts";
import { answerStreamed } from "./streamed-invocation.ts";

/** What serving HTTP functions needs. */
export interface HttpServerDeps {
  readonly functions: readonly IndexedFunction<HttpTrigger>[];
  /** 0: a free one. */
  readonly port: number;
  /** The port is a wish: when another program keeps it, a free one is taken. */
  readonly isPortWish?: boolean;
  readonly invoke: Invoke;
  /** Where the library takes streamed requests; undefined when the app has not asked for streaming. */
  readonly httpUri: () => string | undefined;
  readonly runTimer: RunTimer;
  readonly log: HostLog;
}

/** A listening server. `stop` refuses new requests and resolves when the running ones are answered. */
export interface HttpListener {
  readonly port: number;
  stop(): Promise<void>;
}

/** A request that has found its function. */
export interface RoutedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly target: IndexedFunction<HttpTrigger>;
  readonly params: Readonly<Record<string, string>>;
}

/** Serves HTTP functions and the admin API on loopback. Throws when the port is in use and no wish. */
export async function startHttpServer(deps: HttpServerDeps): Promise<HttpListener> {
  const functions = deps.functions.toSorted((a, b) =>
    b.trigger.route.precedence.localeCompare(a.trigger.route.precedence),
  );
  const server = createServer((request, response) => {
    answer({ ...deps, functions }, request, response).catch((error: unknown) => {
      deps.log({ level: "error", source: "host", message: `An HTTP request failed: ${String(error)}` });
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  if (deps.isPortWish !== true) await listen(server, deps.port);
  else if (!(await listenPatiently(server, deps.port))) await listen(server, 0);
  return { port: toPort(server), stop: () => close(server) };
}

/** Who has the port may be the host before this one, which is just ending. */
const patienceInMs = 2_000;
const pauseInMs = 100;

/** @returns whether the port could be had */
async function listenPatiently(server: Server, port: number): Promise<boolean> {
  for (let waitedInMs = 0; waitedInMs <= patienceInMs; waitedInMs += pauseInMs) {
    try {
      await listen(server, port);
      return true;
    } catch (error) {
      if (!isInUse(error)) throw error;
      await sleep(pauseInMs);
    }
  }
  return false;
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const listening = (): void => {
      server.off("error", failed);
      resolve();
    };
    const failed = (error: Error): void => {
      server.off("listening", listening);
      reject(error);
    };
    server.once("error", failed).once("listening", listening).listen(port, "127.0.0.1");
  });
}

function toPort(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}

async function answer(deps: HttpServerDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = toUrl(request);
  if (url === undefined) {
    response.writeHead(400).end();
    return;
  }
  if (/^\/(admin|runtime)(\/|$)/i.test(url.pathname)) return answerAdmin(deps.runTimer, request, response, url);
  const routed = route(deps.functions, request, response, url);
  if (routed === undefined) {
    response.writeHead(404).end();
    return;
  }
  const httpUri = deps.httpUri();
  return httpUri === undefined ? answerBuffered(routed, deps.invoke) : answerStreamed(routed, deps.invoke, httpUri);
}

/** The asked address; undefined when it is none. Put together as text: `//name/` is a path here, and no other host. */
function toUrl({ url: target = "/", headers }: IncomingMessage): URL | undefined {
  const origin = `http://${headers.host ?? "127.0.0.1"}`;
  if (target.startsWith("/")) return URL.parse(`${origin}${target}`) ?? undefined;
  const absolute = URL.parse(target);
  return absolute === null ? undefined : (URL.parse(`${origin}${absolute.pathname}${absolute.search}`) ?? undefined);
}

function route(
  functions: HttpServerDeps["functions"],
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): RoutedRequest | undefined {
  for (const target of functions) {
    if (!target.trigger.methods.includes(request.method ?? "")) continue;
    const params = target.trigger.route.match(url.pathname.slice(1));
    if (params !== undefined) return { request, response, url, target, params };
  }
  return undefined;
}
