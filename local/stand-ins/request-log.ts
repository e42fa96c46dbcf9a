import { closeSync, openSync, writeSync } from "node:fs";
import type { StandInRequest } from "./stand-in-request.ts";

/** Writes down the requests that a stand-in gets. */
export interface RequestLog {
  write(request: StandInRequest): void;
  close(): void;
}

/**
 * Appends each request to `path` as one line of JSON: `at`, `method`, `url`, `headers` (authorization blotted out) and
 * `body` (parsed where it is JSON). Written before the request is looked at, so a reply that gets lost, and a process
 * that is killed, leave their line.
 *
 * @throws when the file cannot be opened for writing
 */
export function openRequestLog(path: string): RequestLog {
  const file = openSync(path, "a", 0o600);
  return {
    write: (request) => void writeSync(file, `${JSON.stringify(toLine(request))}\n`),
    close: () => closeSync(file),
  };
}

function toLine(request: StandInRequest): Record<string, unknown> {
  const { method, url, headers, bytes, arrivedAt } = request;
  return {
    at: new Date(arrivedAt).toISOString(),
    method,
    url: url.href,
    headers: headers.authorization === undefined ? headers : { ...headers, authorization: "Bearer [not shown]" },
    body: bytes.length === 0 ? null : (request.json() ?? bytes.toString("utf8")),
  };
}
