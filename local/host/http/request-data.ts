import type { IncomingMessage } from "node:http";
import type { RpcTypedData } from "../worker/protocol.ts";
import type { RoutedRequest } from "./http-server.ts";

/** A request's headers, repeated ones joined by a comma. */
export function toHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) headers[name] = (values ?? []).join(", ");
  return headers;
}

/** What the worker is told beside the request itself. */
export function toHttpMetadata({ request, url, params }: RoutedRequest): Record<string, RpcTypedData> {
  const tokens = Object.entries(params).map(([name, value]) => [name, { string: value }] as const);
  return {
    ...Object.fromEntries(tokens),
    Query: { json: JSON.stringify(Object.fromEntries(url.searchParams)) },
    Headers: { json: JSON.stringify(toHeaders(request)) },
  };
}
