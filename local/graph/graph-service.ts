import { toRevokedClaims } from "../entra/revoked-claims.ts";
import type { TokenBook, TokenCheck } from "../entra/token-book.ts";
import type { RequestLog } from "../stand-ins/request-log.ts";
import type { Admission, StandInService } from "../stand-ins/service-listener.ts";
import type { Reply, StandInRequest } from "../stand-ins/stand-in-request.ts";
import type { GraphCall, GraphState } from "./graph-call.ts";
import type { Throttle } from "./graph-limits.ts";
import type { RequestIds } from "./graph-refusal.ts";
import { GraphRefusal, toErrorReply, toGraphRefusal } from "./graph-refusal.ts";
import { findRoute } from "./graph-router.ts";
import { answerMailControl } from "./mail-control.ts";
import { REQUEST_LIMIT_IN_BYTES } from "./message-rules.ts";

/** What Graph's stand-in is made of. */
export interface GraphParts extends GraphState {
  readonly tokens: Pick<TokenBook, "check">;
  readonly throttle: Throttle;
  readonly requestLog: RequestLog | undefined;
}

/** Graph, as a service behind a listener. */
export function createGraphService(parts: GraphParts): StandInService {
  const toIds = createRequestIds();
  return {
    bodyLimitInBytes: REQUEST_LIMIT_IN_BYTES - 1,
    note: (request) => parts.requestLog?.write(request),
    admit: (request) => admit(parts, request, toIds(request)),
    answer: (request, { staleAgeInMs }) => answer(parts, request, toIds(request), staleAgeInMs),
    tooLarge: () => {
      const ids = { requestId: "", clientRequestId: "", at: parts.clock.now() };
      return toErrorReply(toGraphRefusal(413, undefined, undefined), ids);
    },
    toError: (status, code, message) => {
      const ids = { requestId: "", clientRequestId: "", at: parts.clock.now() };
      return toErrorReply(toGraphRefusal(status, code, message), ids);
    },
    control: (method, path, request) => answerMailControl(parts, method, path, request),
  };
}

/** Numbered ids: the same requests have the same ids in every run. */
function createRequestIds(): (request: StandInRequest) => RequestIds {
  const known = new WeakMap<StandInRequest, RequestIds>();
  let last = 0;
  return (request) => {
    const before = known.get(request);
    if (before !== undefined) return before;
    last += 1;
    const requestId = `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`;
    const given = request.headers["client-request-id"];
    const ids = { requestId, clientRequestId: typeof given === "string" ? given : requestId, at: request.arrivedAt };
    known.set(request, ids);
    return ids;
  };
}

function admit(parts: GraphParts, request: StandInRequest, ids: RequestIds): Admission {
  const { tokens, throttle, clock } = parts;
  const check = tokens.check(request.headers.authorization, "graph");
  if (check !== "good") return { refused: toUnauthorized(check, ids) };
  try {
    return { release: throttle.enter(mailboxOf(parts, request), request.bytes.length, clock.now()) };
  } catch (error) {
    return { refused: toRefusal(error, ids) };
  }
}

const TOKEN_MESSAGES: Readonly<Record<Exclude<TokenCheck, "good">, string>> = {
  missing: "Access token is empty.",
  unknown: "CompactToken validation failed: the signature is invalid.",
  expired: "Lifetime validation failed, the token is expired.",
  revoked: "Continuous access evaluation resulted in challenge with result: InteractionRequired.",
  "other-audience": "Access token validation failure. Invalid audience.",
};

function toUnauthorized(check: Exclude<TokenCheck, "good">, ids: RequestIds): Reply {
  const reply = toRefusal(new GraphRefusal(401, "InvalidAuthenticationToken", TOKEN_MESSAGES[check]), ids);
  const claims = check === "revoked" ? `, error="insufficient_claims", claims="${toRevokedClaims(ids.at)}"` : "";
  return { ...reply, headers: { ...reply.headers, "www-authenticate": `Bearer realm=""${claims}` } };
}

/** Whose mailbox a request is for, by which it is throttled. */
function mailboxOf({ people }: GraphParts, request: StandInRequest): string | undefined {
  const { route, params } = findRoute(request.method, request.url.pathname);
  const isMailbox = route.path.startsWith("users/:user/");
  return isMailbox ? people.find(params.get("user") ?? "")?.id : undefined;
}

function answer(parts: GraphParts, request: StandInRequest, ids: RequestIds, staleAgeInMs: number): Reply {
  try {
    const { route, params } = findRoute(request.method, request.url.pathname);
    const call = toCall(parts, request, params, staleAgeInMs);
    return withHeaders(route.handle(call), ids, call.prefersImmutableIds);
  } catch (error) {
    return toRefusal(error, ids);
  }
}

function toCall(
  { people, groups, store, clock }: GraphParts,
  request: StandInRequest,
  params: ReadonlyMap<string, string>,
  staleAgeInMs: number,
): GraphCall {
  return {
    people,
    groups,
    store,
    clock,
    request,
    staleAgeInMs,
    param: (name) => params.get(name) ?? "",
    base: `${request.url.origin}/v1.0`,
    now: clock.now(),
    prefersImmutableIds: prefersImmutableIds(request),
  };
}

function prefersImmutableIds({ headers }: StandInRequest): boolean {
  return /\bIdType\s*=\s*"?ImmutableId"?/i.test(String(headers.prefer ?? ""));
}

function withHeaders(reply: Reply, ids: RequestIds, immutableIds: boolean): Reply {
  const type = reply.body === undefined ? {} : { "content-type": JSON_TYPE };
  const preference = immutableIds ? { "preference-applied": 'IdType="ImmutableId"' } : {};
  return { ...reply, headers: { ...type, ...toIdHeaders(ids), ...preference, ...reply.headers } };
}

const JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

function toIdHeaders({ requestId, clientRequestId }: RequestIds): Record<string, string> {
  return { "request-id": requestId, "client-request-id": clientRequestId };
}

function toRefusal(error: unknown, ids: RequestIds): Reply {
  if (!(error instanceof GraphRefusal)) throw error;
  const reply = toErrorReply(error, ids);
  return { ...reply, headers: { ...reply.headers, ...toIdHeaders(ids) } };
}
