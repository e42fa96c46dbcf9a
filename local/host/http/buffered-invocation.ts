import { buffer } from "node:stream/consumers";
import type { Invoke } from "../invoker.ts";
import type { RpcHttpData, RpcTypedData } from "../worker/protocol.ts";
import type { RoutedRequest } from "./http-server.ts";
import { toHeaders, toHttpMetadata } from "./request-data.ts";

/** Answers a request of an app without streaming: request and response travel whole through the worker protocol. */
export async function answerBuffered(routed: RoutedRequest, invoke: Invoke): Promise<void> {
  const { request, response, url, target, params } = routed;
  const outcome = await invoke({
    functionName: target.name,
    bindingName: target.trigger.bindingName,
    reason: `This function was programmatically called via the host APIs.`,
    data: {
      http: {
        method: request.method,
        url: url.href,
        headers: toHeaders(request),
        params: { ...params },
        query: Object.fromEntries(url.searchParams),
        body: { bytes: await buffer(request) },
      },
    },
    triggerMetadata: toHttpMetadata(routed),
  });
  if (outcome.outcome === "failed") {
    response.writeHead(500).end();
    return;
  }
  const http = outcome.response.returnValue?.http;
  if (http === undefined || http === null) {
    response.writeHead(204).end();
    return;
  }
  for (const cookie of http.cookies ?? []) response.appendHeader("set-cookie", toSetCookie(cookie));
  response.writeHead(Number(http.statusCode ?? 200), { ...http.headers });
  response.end(toBody(http.body));
}

function toBody(body: RpcTypedData | null | undefined): Uint8Array | string {
  return body?.bytes ?? body?.string ?? body?.json ?? "";
}

type RpcCookie = NonNullable<RpcHttpData["cookies"]>[number];

/** RFC 6265, section 4.1, from the protocol's nullable fields. */
function toSetCookie(cookie: RpcCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value ?? "")}`];
  const add = (name: string, field: unknown): void => {
    const value = typeof field === "object" && field !== null && "value" in field ? field.value : undefined;
    if (typeof value === "string" || typeof value === "number") parts.push(`${name}=${value}`);
    if (value === true) parts.push(name);
  };
  add("Domain", cookie.domain);
  add("Path", cookie.path);
  add("Max-Age", cookie.maxAge);
  add("Secure", cookie.secure);
  add("HttpOnly", cookie.httpOnly);
  const sameSite = cookie.sameSite ?? "none";
  if (sameSite !== "none") parts.push(`SameSite=${sameSite === "explicitNone" ? "None" : sameSite}`);
  return parts.join("; ");
}
