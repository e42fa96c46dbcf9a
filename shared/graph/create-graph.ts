import { randomUUID } from "node:crypto";
import { Client, ResponseType } from "@microsoft/microsoft-graph-client";
import type { Clock } from "../store/clock.ts";
import type { Observe } from "../telemetry/dependency-tally.ts";
import type { Log } from "../telemetry/log.ts";
import { observed } from "../telemetry/observed.ts";
import { AccessTokens, type TokenSource } from "./access-token.ts";
import { Authentication } from "./authentication.ts";
import { Exchange, FailureKeeper, type WholeAnswer } from "./exchange.ts";
import { type Graph, type GraphReply, type GraphRequest, NoCompleteAnswer } from "./graph.ts";
import { judgeReply, toGraphOperation } from "./graph-operation.ts";
import { type ConnectionLimits, HttpsSender } from "./https-sender.ts";
import { toNoAnswer } from "./no-answer.ts";

/** What a Graph client needs. */
export interface GraphDeps {
  readonly credential: TokenSource;
  /** With https and without a version: https://graph.microsoft.com, another national cloud's, or a stand-in's. */
  readonly endpoint: string;
  /** @default the endpoint's origin + "/.default" for Microsoft's clouds, https://graph.microsoft.com/.default for a stand-in */
  readonly scope?: string;
  readonly clock: Clock;
  readonly log?: Pick<Log, "warn">;
  /** @default crypto.randomUUID */
  readonly newRequestId?: () => string;
  /** Is told of each request, and of each token that is asked for. */
  readonly observe?: Observe;
  readonly connections?: Partial<ConnectionLimits>;
}

const version = "v1.0";

/**
 * Microsoft's Graph client with a middleware chain of ours. Its RetryHandler is left out because it sends a POST again
 * after 503 and 504, which imports an item twice; its RedirectHandler because a redirected POST is another request; its
 * HTTPMessageHandler because half the processor time of an import was fetch's.
 *
 * @throws Error when the endpoint is not https: the token must not be sent in the clear.
 */
export function createGraph(deps: GraphDeps): Graph {
  const base = new URL(deps.endpoint);
  if (base.protocol !== "https:") throw new Error("Graph's endpoint must be https");
  const scope = deps.scope ?? toGraphScope(deps.endpoint);
  const observe: Observe = deps.observe ?? (() => undefined);
  const tokens = new AccessTokens({ source: deps.credential, scope, clock: deps.clock, observe });
  const authentication = new Authentication(tokens, base.origin, deps.log);
  const client = Client.initWithMiddleware({
    baseUrl: base.origin,
    defaultVersion: version,
    customHosts: new Set([base.hostname]),
    middleware: [new FailureKeeper(), authentication, new HttpsSender(deps.connections)],
  });
  const newRequestId = deps.newRequestId ?? randomUUID;
  const sender: Sender = { client, origin: base.origin, clock: deps.clock };
  return {
    request: (request) =>
      observed({ dependency: "graph", operation: toGraphOperation(request), observe, judge: judgeReply }, () =>
        send(sender, request, newRequestId()),
      ),
  };
}

/** What a token for Graph is asked for by: the endpoint's own name, or the public cloud's for a stand-in. */
export function toGraphScope(endpoint: string): string {
  const { hostname, origin } = new URL(endpoint);
  const isMicrosofts = /\.(microsoft\.com|microsoft\.us|chinacloudapi\.cn)$/.test(hostname);
  return `${isMicrosofts ? origin : "https://graph.microsoft.com"}/.default`;
}

interface Sender {
  readonly client: Client;
  readonly origin: string;
  readonly clock: Clock;
}

async function send(sender: Sender, request: GraphRequest, requestId: string): Promise<GraphReply> {
  const timeout = AbortSignal.timeout(request.timeoutInMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  const exchange = new Exchange(request.maySend);
  const { path, query } = toTarget(sender.origin, request);
  const prepared = sender.client
    .api(path)
    .query(query)
    .headers(toHeaders(request, requestId))
    .options({ signal })
    .middlewareOptions([exchange])
    .responseType(ResponseType.RAW);
  try {
    await (request.method === "GET" ? prepared.get() : prepared.post(request.body));
  } catch (error) {
    // Without a failure of the exchange it is a fault in our own use of the client, and nothing was sent.
    if (exchange.failure === undefined) throw error;
    throw toNoAnswer(exchange.failure, { requestId, status: exchange.status, signal });
  }
  if (exchange.answer === undefined) throw new Error("the Graph client returned without an answer");
  return toReply(exchange.answer, request, requestId, sender.clock.now());
}

/** The client takes a path that holds `https://` for another host, and encodes no value: so both are done here. */
function toTarget(origin: string, request: GraphRequest): { path: string; query: Record<string, string> } {
  const query = Object.fromEntries(Object.entries(request.query ?? {}).map(([k, v]) => [k, encodeURIComponent(v)]));
  if (request.path.startsWith("/") && !/[?#]|:\/\//.test(request.path)) return { path: request.path, query };
  const link = URL.parse(request.path);
  if (link?.origin !== origin || !link.pathname.startsWith(`/${version}/`)) {
    throw new Error("a Graph path begins with a slash and has no query, or is a link of the same endpoint");
  }
  const given = link.search.slice(1).split("&").filter(Boolean).map(splitPair);
  return { path: link.pathname.slice(version.length + 1), query: { ...Object.fromEntries(given), ...query } };
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [decodeURIComponent(pair.slice(0, equals)), pair.slice(equals + 1)];
}

function toHeaders(request: GraphRequest, requestId: string): Record<string, string> {
  const { Prefer, ...others } = request.headers ?? {};
  const immutable = 'IdType="ImmutableId"';
  return {
    ...others,
    Accept: request.expect === "text" ? "*/*" : "application/json",
    // Else an item's id changes when its owner moves it, and the receipt points nowhere.
    Prefer: Prefer === undefined ? immutable : `${immutable}, ${Prefer}`,
    "client-request-id": requestId,
  };
}

function toReply(answer: WholeAnswer, request: GraphRequest, ourId: string, receivedAt: number): GraphReply {
  const { status, headers, text } = answer;
  const theirId = headers.get("request-id") ?? "";
  // It goes into errors' texts, so it has to be an id.
  const requestId = /^[\w-]{1,64}$/.test(theirId) ? theirId : ourId;
  const reply = { status, headers, requestId, receivedAt };
  const json = isJson(headers) ? parseJson(text) : undefined;
  if (json !== undefined) return { ...reply, body: json.value };
  if (text === "") return { ...reply, body: undefined };
  const isWanted = status >= 300 || (request.expect === "text" && !isJson(headers));
  // A 2xx with half a JSON or a proxy's page says nothing about what Graph did.
  if (!isWanted) throw new NoCompleteAnswer("not-json", ourId, { status });
  return { ...reply, body: undefined, text };
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(headers.get("content-type") ?? "");
}

/** The parser's message would quote the text, so it goes no further. */
function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
