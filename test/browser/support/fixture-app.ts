import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { auditRoutes } from "../../../shared/api/contract/audit.ts";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { deadRoutes } from "../../../shared/api/contract/dead.ts";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { dropRoutes } from "../../../shared/api/contract/drops.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { keyRoutes } from "../../../shared/api/contract/keys.ts";
import { mappingRoutes } from "../../../shared/api/contract/mapping.ts";
import { searchRoutes } from "../../../shared/api/contract/search.ts";
import { systemRoutes } from "../../../shared/api/contract/system.ts";
import type { EndpointName } from "../../../shared/api/endpoints.ts";
import type { HttpAnswer, HttpAsk } from "../../../shared/api/http-message.ts";
import type { Operation } from "../../../shared/api/operation.ts";
import { createPortal } from "../../../shared/api/portal.ts";
import type { Asker, Role } from "../../../shared/api/principal.ts";
import { ApiProblem } from "../../../shared/api/problem.ts";
import type { AnyReply, AnyRequest } from "../../../shared/api/request.ts";
import type { Route } from "../../../shared/api/route.ts";
import { createRouter, toProblemAnswer } from "../../../shared/api/router.ts";
import { toSecurityHeaders } from "../../../shared/api/security-headers.ts";

/** What an endpoint answers in a test: its JSON, or made of the request; throws ApiProblem to refuse. */
export type Answering = (request: AnyRequest) => unknown;

/** A call that came in. */
export interface SeenCall {
  readonly endpoint: EndpointName;
  readonly request: AnyRequest;
}

/** The page and the API's real router; what the endpoints tell is made up by the test, and held to the contract. */
export interface FixtureApp {
  readonly url: string;
  /** Every call that passed the router's checks, in order. */
  readonly calls: SeenCall[];
  /** Calls that had no answer, or one that is not by the contract. Empty when the test is right. */
  readonly broken: string[];
  answer(endpoint: EndpointName, answering: Answering | object): void;
  /** What an endpoint with a constant answer answers now. */
  last(endpoint: EndpointName): object;
  /** Each answer of the API comes so much later. */
  delayInMs: number;
  /** The API breaks off each connection, as when the app is down; the page's files still come. */
  isDown: boolean;
  asker: Asker;
  [Symbol.asyncDispose](): Promise<void>;
}

const routes: readonly Route[] = [
  auditRoutes,
  connectorRoutes,
  deadRoutes,
  draftRoutes,
  dropRoutes,
  generationRoutes,
  keyRoutes,
  mappingRoutes,
  searchRoutes,
  systemRoutes,
].flatMap((each) => Object.values<Route>(each));

/** Somebody with a role. */
export function toAsker(role: Role): Asker {
  return { id: `development:${role}`, name: role === "admin" ? "Ada Admin" : "Rhea Reader", role };
}

/** Starts it on a port of its own. @param folder where the page was built to */
export async function startFixtureApp(folder: string): Promise<FixtureApp> {
  const answers = new Map<EndpointName, Answering>();
  const constants = new Map<EndpointName, object>();
  const calls: SeenCall[] = [];
  const operations = routes.map((route): Operation<undefined> => {
    const handle = async (_: undefined, request: AnyRequest): Promise<AnyReply> => {
      calls.push({ endpoint: route.endpoint, request });
      const answering = answers.get(route.endpoint);
      if (answering === undefined) throw new Error(`The test has no answer of ${route.endpoint}.`);
      return toReply(route, await answering(request));
    };
    return { route, handle };
  });
  const router = createRouter(operations);
  const answerCall: typeof router = async (call) => {
    try {
      return await router(call);
    } catch (error) {
      app.broken.push(`${call.ask.method} ${call.path}: ${String(error)}`);
      const broken = new ApiProblem("failed", "The test's app is broken.");
      return { answer: toProblemAnswer(broken), endpoint: undefined, problem: "failed" };
    }
  };
  const page = createPortal(folder);
  const answerAsk = async (ask: HttpAsk): Promise<HttpAnswer> => {
    if (!ask.url.pathname.startsWith("/api/v1/")) return await page(ask, () => "bm9uY2U=");
    const { answer } = await answerCall({
      ask,
      path: ask.url.pathname.slice("/api/v1".length),
      asker: app.asker,
      deps: undefined,
    });
    return { ...answer, headers: { ...answer.headers, ...toSecurityHeaders({ type: "api" }, ask.url) } };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const isApi = url.pathname.startsWith("/api/");
    if (isApi && app.delayInMs > 0) await pause(app.delayInMs);
    if (isApi && app.isDown) {
      request.socket.destroy();
      return;
    }
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    );
    const answer = await answerAsk({ method: request.method ?? "GET", url, headers, body: request });
    response.writeHead(answer.status, { ...answer.headers });
    if (typeof answer.content === "string" || answer.content instanceof Uint8Array) response.write(answer.content);
    else for await (const piece of answer.content ?? []) response.write(piece);
    response.end();
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const app: FixtureApp = {
    url: `http://localhost:${toPort(server.address())}`,
    calls,
    broken: [],
    answer: (endpoint, answering) => {
      if (typeof answering !== "function") constants.set(endpoint, answering);
      answers.set(endpoint, toAnswering(answering));
    },
    last: (endpoint) => constants.get(endpoint) ?? {},
    delayInMs: 0,
    isDown: false,
    asker: toAsker("admin"),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  app.answer("readMe", () => {
    const { asker } = app;
    if (typeof asker === "string") throw new Error("Nobody asks.");
    return { ...asker, isDevelopment: false };
  });
  return app;
}

function toAnswering(answering: Answering | object): Answering {
  return isAnswering(answering) ? answering : () => answering;
}

function isAnswering(answering: Answering | object): answering is Answering {
  return typeof answering === "function";
}

/** Another answer has another version: else the page would be told that nothing has changed. */
function toEtag(told: unknown): string {
  return createHash("sha256").update(JSON.stringify(told)).digest("hex");
}

function toReply(route: Route, told: unknown): AnyReply {
  if (route.download === undefined) return { body: told, etag: toEtag(told) };
  return { file: { name: `${route.endpoint}.csv`, content: String(told) } };
}

function toPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
