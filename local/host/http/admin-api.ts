import type { IncomingMessage, ServerResponse } from "node:http";

/** Starts a timer function once; false when there is none of that name. It does not wait for its end. */
export type RunTimer = (functionName: string) => boolean;

/**
 * Answers the one request of the real host's admin API that a laptop needs: `POST /admin/functions/{name}` runs a timer
 * function once (202). Everything else under `/admin` and `/runtime` is 404: those paths belong to the host.
 */
export function answerAdmin(runTimer: RunTimer, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const name = /^\/admin\/functions\/([^/]+)$/i.exec(url.pathname)?.[1];
  request.resume();
  const isStarted = request.method === "POST" && name !== undefined && runTimer(decodeURIComponent(name));
  response.writeHead(isStarted ? 202 : 404).end();
}
