import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import type { HttpAnswer, HttpAsk } from "../shared/api/http-message.ts";
import { operations } from "../shared/api/operations.ts";
import { createPortal } from "../shared/api/portal.ts";
import type { Asker } from "../shared/api/principal.ts";
import { ApiProblem } from "../shared/api/problem.ts";
import { createRouter, toProblemAnswer } from "../shared/api/router.ts";
import { toSecurityHeaders } from "../shared/api/security-headers.ts";
import { toErrorFields } from "../shared/telemetry/error-fields.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { toApiDeps } from "./api-deps.ts";
import type { Clients } from "./clients.ts";
import { followContent } from "./follow-content.ts";
import { apiRoot } from "./http-routes.ts";
import { toRequestBody } from "./request-body.ts";
import type { StageDeps } from "./stage-deps.ts";

const route = createRouter(operations);

/** Beside the bundle: dist/main.js and dist/portal/. */
const answerPage = createPortal(join(import.meta.dirname, "portal"));

/** What an API call's invocation has. */
export interface ApiInvocation {
  readonly ask: HttpAsk;
  readonly asker: Asker;
  /** Sent with the answer, so that a caller's complaint finds the log. */
  readonly id: string;
}

/** Runs work in an invocation that is logged and counted; it rejects when the work fails, which has been told then. */
export type RunInvocation = (work: (deps: StageDeps, clients: Clients) => Promise<void>) => Promise<void>;

/**
 * Answers a call of the API. What is unknown to the router fails the invocation, and the caller gets 500 with a static text.
 * A download that breaks off later is told too, and ends so that nobody takes it for whole.
 */
export async function answerApi(run: RunInvocation, invocation: ApiInvocation): Promise<HttpAnswer> {
  const { ask, id } = invocation;
  let answer: HttpAnswer | undefined;
  try {
    await run(async (deps, clients) => {
      const { content, ...head } = await callApi(deps, clients, invocation);
      const tell = (error: unknown): void => deps.log.error("api.broken-off", toErrorFields(error));
      answer = { ...head, content: await followContent(content, tell) };
    });
  } catch {
    // The invocation has told why.
    answer = toProblemAnswer(broken(id), ask.method);
  }
  if (answer === undefined) throw new Error("The invocation ended without an answer.");
  const headers = { ...answer.headers, ...toSecurityHeaders({ type: "api" }, ask.url), "x-request-id": id };
  return { ...answer, headers };
}

async function callApi(deps: StageDeps, clients: Clients, { ask, asker }: ApiInvocation): Promise<HttpAnswer> {
  const startedAt = performance.now();
  const path = ask.url.pathname.slice(apiRoot.length);
  const { answer, endpoint, problem } = await route({ ask, path, asker, deps: toApiDeps(clients, deps) });
  if (problem !== undefined) deps.log.warn("api.refused", { endpoint, reason: problem });
  const durationInMs = Math.round(performance.now() - startedAt);
  deps.log.info("api.called", { endpoint, status: answer.status, durationInMs });
  return answer;
}

/** Answers for the page's files; told like any invocation. */
export async function answerPortal(log: Log, ask: HttpAsk, id: string): Promise<HttpAnswer> {
  const startedAt = performance.now();
  const end = (outcome: "succeeded" | "failed"): void =>
    log.info("invocation.ended", { outcome, durationInMs: Math.round(performance.now() - startedAt) });
  try {
    const answer = await answerPage(ask, newNonce);
    end("succeeded");
    return answer;
  } catch (error) {
    log.error("invocation.failed", toErrorFields(error));
    end("failed");
    const answer = toProblemAnswer(broken(id), ask.method);
    return { ...answer, headers: { ...answer.headers, ...toSecurityHeaders({ type: "api" }, ask.url) } };
  }
}

/** Made for each answer, as CSP Level 3, section 7.1 has it. */
function newNonce(): string {
  return randomBytes(16).toString("base64");
}

function broken(id: string): ApiProblem {
  return new ApiProblem("failed", `It is in the log under the invocation ${id}.`);
}

/** Answers a request of the host's. The rest of a body that nobody has read is taken before the answer goes. */
export async function answerRequest(
  request: HttpRequest,
  answer: (ask: HttpAsk) => Promise<HttpAnswer>,
): Promise<HttpResponseInit> {
  const body = request.body === null ? undefined : toRequestBody(request.body);
  const { method, headers, url } = request;
  const response = await answer({ method, url: new URL(url), headers: new Headers(headers), body: body?.bytes });
  await body?.drain();
  return toResponse(response);
}

function toResponse({ status, headers, content }: HttpAnswer): HttpResponseInit {
  if (content === undefined) return { status, headers };
  const isWhole = typeof content === "string" || content instanceof Uint8Array;
  return { status, headers, body: isWhole ? content : Readable.toWeb(Readable.from(content)) };
}
