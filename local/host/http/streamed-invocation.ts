import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Invoke } from "../invoker.ts";
import type { RoutedRequest } from "./http-server.ts";
import { toHttpMetadata } from "./request-data.ts";

// The function's answer comes before its result; what has not arrived by then will not come.
const answerDeadlineInMs = 5_000;

/**
 * Answers a request of an app that has enabled HTTP streaming: bodies go both ways through the worker's own port, matched
 * with the invocation by a header, and are never held whole.
 */
export async function answerStreamed(routed: RoutedRequest, invoke: Invoke, httpUri: string): Promise<void> {
  const { request, response, target } = routed;
  const invocationId = randomUUID();
  const forwarded = forward(routed, httpUri, invocationId);
  const answered = relay(routed, forwarded);
  sendBody(request, forwarded);

  const { outcome } = await invoke({
    invocationId,
    functionName: target.name,
    bindingName: target.trigger.bindingName,
    reason: "This function was programmatically called via the host APIs.",
    data: { http: {} },
    triggerMetadata: toHttpMetadata(routed),
  });
  if (outcome === "failed") forwarded.destroy();
  const watchdog = setTimeout(() => forwarded.destroy(), answerDeadlineInMs);
  const isAnswered = await answered;
  clearTimeout(watchdog);
  // What the function has not read, it does not want.
  dropRest(request, forwarded);
  forwarded.destroy();
  if (isAnswered) return;
  if (response.headersSent) response.destroy();
  else response.writeHead(500).end();
}

function forward({ request, url }: RoutedRequest, httpUri: string, invocationId: string): ClientRequest {
  const { hostname, port } = new URL(httpUri);
  return httpRequest({
    ...{ hostname, port, path: url.pathname + url.search },
    method: request.method ?? "GET",
    headers: {
      ...request.headers,
      "x-ms-invocation-id": invocationId,
      "x-forwarded-host": url.host,
      "x-forwarded-proto": "http",
    },
  });
}

/** No pipeline: it would end the caller's connection, and with it the answer of a function that does not read on. */
function sendBody(request: IncomingMessage, forwarded: ClientRequest): void {
  request.once("close", () => {
    if (!request.complete) forwarded.destroy();
  });
  forwarded.once("error", () => dropRest(request, forwarded));
  // Also before there is any of the body: the function may answer without it.
  forwarded.flushHeaders();
  request.pipe(forwarded);
}

function dropRest(request: IncomingMessage, forwarded: ClientRequest): void {
  request.unpipe(forwarded);
  request.resume();
}

/** Passes the worker's answer on as it comes; false when there was none or it broke off. */
async function relay({ response }: RoutedRequest, forwarded: ClientRequest): Promise<boolean> {
  try {
    const [answer]: IncomingMessage[] = await once(forwarded, "response");
    if (answer === undefined) return false;
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    await pipeline(answer, response);
    return true;
  } catch {
    return false;
  }
}
