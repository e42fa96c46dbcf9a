import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./clock.ts";
import { answerControl } from "./control-endpoint.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { EndingAction, SpoiltBody } from "./fault-rule.ts";
import type { Listener, ListenOptions } from "./https-listener.ts";
import { resetConnection, startListener } from "./https-listener.ts";
import { readBody } from "./request-body.ts";
import type { Reply, StandInRequest } from "./stand-in-request.ts";
import { toStandInRequest } from "./stand-in-request.ts";

/** Whether a request may go on, and what to do when it is over. */
export type Admission = { readonly refused: Reply } | { readonly refused?: never; release(): void };

/** What one stand-in brings: everything else (bodies, faults, control, connections) is the listener's. */
export interface StandInService {
  readonly bodyLimitInBytes: number;
  /** Sees each request before anything else does. */
  note?(request: StandInRequest): void;
  /** Asked when the request has come, before any delay; what it takes is released when the answer is out. */
  admit?(request: StandInRequest): Admission;
  /** Does what was asked. Runs to its end without a pause, so two requests never mix. */
  answer(request: StandInRequest, circumstances: { staleAgeInMs: number }): Reply;
  tooLarge(): Reply;
  /** An error in the service's own shape, for faults. */
  toError(status: number, code: string | undefined, message: string | undefined): Reply;
  /** Further control requests, `/_control/{path}`; undefined: no such thing. */
  control?(method: string, path: string, request: StandInRequest): Reply | undefined;
}

/** What a service listener needs besides the service. */
export interface ServiceListenerOptions extends ListenOptions {
  readonly clock: Clock;
  readonly faults: FaultPlan;
  /** Added before each answer, for a demonstration at the real service's pace. @default 0 */
  readonly latencyInMs?: number;
}

/** Starts the server of one stand-in. */
export async function startServiceListener(
  options: ServiceListenerOptions,
  service: StandInService,
): Promise<Listener> {
  const origin = { url: "https://localhost" };
  const created: Created = {};
  const listener = await startListener(options, (request, response) =>
    serve({ ...options, service, origin: origin.url, created }, request, response),
  );
  origin.url = listener.url;
  return listener;
}

/** The answer to the last creation. */
interface Created {
  last?: Reply;
}

interface Served extends ServiceListenerOptions {
  readonly service: StandInService;
  readonly origin: string;
  readonly created: Created;
}

async function serve(served: Served, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { service, origin, clock } = served;
  // The service's own clock, against which its Retry-After dates are meant (RFC 9110, 6.6.1).
  response.setHeader("date", new Date(clock.now()).toUTCString());
  const body = await readBody(incoming, service.bodyLimitInBytes);
  if (body.kind === "broken-off") return;
  const request = toStandInRequest({
    method: incoming.method ?? "GET",
    target: incoming.url ?? "/",
    headers: incoming.headers,
    bytes: body.kind === "whole" ? body.bytes : Buffer.alloc(0),
    arrivedAt: clock.now(),
    origin,
  });
  const control = answerControl(served, request, incoming.socket.remoteAddress);
  if (control !== undefined) return send(response, control);
  service.note?.(request);
  if (body.kind === "too-large") return send(response, service.tooLarge());
  await serveAdmitted(served, request, response);
}

async function serveAdmitted(served: Served, request: StandInRequest, response: ServerResponse): Promise<void> {
  const admission = served.service.admit?.(request);
  if (admission?.refused !== undefined) return send(response, admission.refused);
  try {
    await serveWithFaults(served, request, response);
  } finally {
    admission?.release();
  }
}

async function serveWithFaults(served: Served, request: StandInRequest, response: ServerResponse): Promise<void> {
  const { service, faults, created, latencyInMs = 0 } = served;
  const { delayBeforeInMs, delayAfterInMs, staleAgeInMs, before, after, spoilt } = faults.meet(request);
  await pause(delayBeforeInMs + latencyInMs);
  if (before !== undefined) return await suffer(served, before, request, response);
  const reply = service.answer(request, { staleAgeInMs });
  await pause(delayAfterInMs);
  const previous = created.last;
  if (reply.status === 201) created.last = reply;
  if (after !== undefined) return await suffer(served, after, request, response);
  send(response, spoilt === undefined ? reply : spoil(reply, spoilt, previous));
}

function spoil(reply: Reply, how: SpoiltBody, previous: Reply | undefined): Reply {
  const { status, headers } = reply;
  switch (how) {
    case "html":
      return toPage(status, headers);
    case "half-json":
      return { ...reply, body: toHalf(JSON.stringify(reply.body ?? {})) };
    case "empty":
      return headers === undefined ? { status } : { status, headers };
    case "previous":
      return previous ?? reply;
  }
}

async function pause(durationInMs: number): Promise<void> {
  if (durationInMs > 0) await sleep(durationInMs);
}

async function suffer(
  { service, clock }: Served,
  action: EndingAction,
  request: StandInRequest,
  response: ServerResponse,
): Promise<void> {
  switch (action.kind) {
    case "hang-up":
      resetConnection(response.socket);
      return;
    case "hang":
      await new Promise<void>((resolve) => (response.closed ? resolve() : response.once("close", resolve)));
      return;
    case "answer":
      send(response, toFaultReply(service, action, request, clock));
  }
}

function toFaultReply(
  service: StandInService,
  action: EndingAction & { kind: "answer" },
  request: StandInRequest,
  clock: Clock,
): Reply {
  const message = action.body === "echo" ? toEcho(request) : action.message;
  const reply = service.toError(action.status, action.code, message);
  const headers = { ...reply.headers, ...toRetryAfter(action.retryAfter, clock) };
  const json = JSON.stringify(reply.body ?? {});
  switch (action.body) {
    case "json":
    case "echo":
      return { ...reply, headers };
    case "half-json":
      return { ...reply, headers, body: toHalf(json) };
    case "html":
      return toPage(action.status, headers);
    case "empty":
      return { status: action.status, headers };
  }
}

/** What careless services put into their errors: all that they were asked. */
function toEcho({ method, target, headers, bytes }: StandInRequest): string {
  return `Cannot process ${method} ${target} ${JSON.stringify(headers)} ${bytes.toString("utf8")}`;
}

function toRetryAfter(value: string | { dateInMs: number } | undefined, clock: Clock): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value === "string") return { "retry-after": value };
  return { "retry-after": new Date(clock.now() + value.dateInMs).toUTCString() };
}

function toHalf(json: string): string {
  return json.slice(0, Math.floor(json.length / 2));
}

function toPage(status: number, headers: Reply["headers"]): Reply {
  const body = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr></body></html>`;
  return { status, headers: { ...headers, "content-type": "text/html" }, body };
}

function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (response.destroyed) return;
  const text = typeof body === "object" ? JSON.stringify(body) : (body ?? "");
  const type = typeof body === "object" ? { "content-type": "application/json; charset=utf-8" } : {};
  response.writeHead(status, {
    ...type,
    ...headers,
    ...(status === 204 ? {} : { "content-length": Buffer.byteLength(text) }),
  });
  response.end(text);
}
