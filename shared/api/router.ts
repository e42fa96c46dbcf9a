import * as z from "zod";
import { type BoundCursors, bindCursors } from "./bound-cursor.ts";
import { refuseForeign } from "./csrf.ts";
import type { EndpointName } from "./endpoints.ts";
import type { HttpAnswer, HttpAsk } from "./http-message.ts";
import { toVersion } from "./if-match.ts";
import type { Operation } from "./operation.ts";
import type { Asker, Principal } from "./principal.ts";
import { ApiProblem, type ProblemName, problems, toProblemBody } from "./problem.ts";
import { readContent } from "./read-content.ts";
import { readFields } from "./read-fields.ts";
import type { AnyReply, AnyRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { createRouteTable, type Found } from "./route-table.ts";

/** An answer, and what telemetry may know of it. */
export interface Answered {
  readonly answer: HttpAnswer;
  /** undefined when nothing was found. */
  readonly endpoint: EndpointName | undefined;
  /** Why it was refused. */
  readonly problem: ProblemName | undefined;
}

/** A call: the request, who asks, and the makings of an answer. */
export interface Call<Deps> {
  readonly ask: HttpAsk;
  /** The path below /api/v1, still encoded. */
  readonly path: string;
  readonly asker: Asker;
  readonly deps: Deps;
}

/** Answers calls. Throws what is no ApiProblem: then something is broken, and the caller learns no more than that. */
export type AnswerCall<Deps> = (call: Call<Deps>) => Promise<Answered>;

const nothing = z.strictObject({});

/** Makes the API out of its operations: finds the one that is meant, checks all that can be checked, calls it. */
export function createRouter<Deps>(operations: readonly Operation<Deps>[]): AnswerCall<Deps> {
  const table = createRouteTable(operations);
  return async (call) => {
    const { ask, path } = call;
    let endpoint: EndpointName | undefined;
    try {
      const principal = requireRole(call.asker);
      if (ask.method === "OPTIONS" && table.allowed(path).length > 0) {
        return { answer: toOptions(table.allowed(path)), endpoint, problem: undefined };
      }
      const found = table.find(ask.method === "HEAD" ? "GET" : ask.method, path);
      endpoint = found.operation.route.endpoint;
      const { request, toReply } = bind(endpoint, await readRequest(found, ask, principal));
      const reply = await found.operation.handle(call.deps, request);
      return { answer: toAnswer(found.operation.route, reply, ask, toReply), endpoint, problem: undefined };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return { answer: toProblemAnswer(error, ask.method), endpoint, problem: error.problem };
    }
  };
}

/** An answer about a problem (RFC 9457). */
export function toProblemAnswer(problem: ApiProblem, method = "GET"): HttpAnswer {
  const content = JSON.stringify(toProblemBody(problem));
  const headers = { ...problem.headers, "content-type": "application/problem+json" };
  return { status: problems[problem.problem][0], headers, content: method === "HEAD" ? undefined : content };
}

function requireRole(asker: Asker): Principal {
  if (asker === "nobody") throw new ApiProblem("not-signed-in", "The app does not know who asks.");
  if (asker !== "without-role") return asker;
  throw new ApiProblem("not-allowed", "This takes the role Connector.Reader or Connector.Admin.");
}

/** In this order: nobody learns from a refusal what their role would not let them know. */
async function readRequest<Deps>(found: Found<Deps>, ask: HttpAsk, principal: Principal): Promise<AnyRequest> {
  const { route } = found.operation;
  refuseForeign(ask);
  if (route.role === "admin" && principal.role !== "admin") {
    throw new ApiProblem("not-allowed", "This takes the role Connector.Admin.");
  }
  requireAcceptable(route, ask);
  const params = route.params === undefined ? undefined : readFields(route.params, found.params);
  const query = readFields(route.query ?? nothing, toQuery(ask.url.searchParams));
  const ifMatch = ask.headers.get("if-match") ?? undefined;
  const content = await readContent(route, ask);
  return {
    ...content,
    principal,
    params,
    query: route.query === undefined ? undefined : query,
    ifMatch: ifMatch === undefined ? undefined : toVersion(ifMatch),
  };
}

/** A listing's place is in its query, that of the search in its body. */
function bind(
  endpoint: EndpointName,
  request: AnyRequest,
): { readonly request: AnyRequest; readonly toReply: BoundCursors["toReply"] } {
  const part = request.query === undefined ? "body" : "query";
  const { fields, toReply } = bindCursors(endpoint, request.params, request[part]);
  return { request: { ...request, [part]: fields }, toReply };
}

/** A name that comes twice is given as a list, which no schema of a single value takes. */
function toQuery(params: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(params.keys());
  return Object.fromEntries(
    Array.from(names, (name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function requireAcceptable(route: Route, ask: HttpAsk): void {
  const type = route.download ?? (route.reply === undefined ? undefined : "application/json");
  const accept = ask.headers.get("accept");
  if (type === undefined || accept === null) return;
  const media = type.split(";")[0] ?? type;
  const taken = [media, `${media.split("/")[0]}/*`, "*/*"];
  const wanted = accept.split(",").filter((range) => !/;\s*q=0(\.0*)?\s*$/.test(range));
  if (wanted.some((range) => taken.includes(range.split(";")[0]?.trim().toLowerCase() ?? ""))) return;
  throw new ApiProblem("not-acceptable", `The answer is ${media}.`);
}

function toOptions(allowed: readonly string[]): HttpAnswer {
  return { status: 204, headers: { allow: allowed.join(", ") } };
}

function toAnswer(route: Route, reply: AnyReply, ask: HttpAsk, toReply: BoundCursors["toReply"]): HttpAnswer {
  const etag = reply.etag === undefined ? undefined : `"${toVersion(reply.etag)}"`;
  const headers = etag === undefined ? {} : { etag };
  const isHead = ask.method === "HEAD";
  const known = ask.headers.get("if-none-match");
  if (etag !== undefined && known !== null && ask.method !== "POST" && toVersion(known) === toVersion(etag)) {
    return { status: 304, headers };
  }
  if (route.download !== undefined) {
    if (reply.file === undefined) throw new Error(`The endpoint ${route.endpoint} gave no file.`);
    const disposition = `attachment; filename="${toFileName(reply.file.name)}"`;
    const ofFile = { ...headers, "content-type": route.download, "content-disposition": disposition };
    return { status: 200, headers: ofFile, content: isHead ? undefined : reply.file.content };
  }
  if (route.reply === undefined) return { status: 204, headers };
  // Through the schema, so that a field that is not in the contract, such as a secret's, cannot slip out.
  const content = JSON.stringify(toReply(route.reply.parse(reply.body)));
  const ofJson = { ...headers, "content-type": "application/json" };
  return { status: 200, headers: ofJson, content: isHead ? undefined : content };
}

/** Nothing that ends the header's value or names a folder. */
function toFileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}
