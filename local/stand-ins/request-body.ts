import type { IncomingMessage } from "node:http";

/** The body of a request, or that it was cut off at the limit, or that the client went away in the middle of it. */
export type RequestBody =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "broken-off" };

/**
 * Reads a request's body, of which no more than `limitInBytes` is kept. The rest of a larger one is read and thrown
 * away: a client that is still sending when the answer comes sees a reset and never the answer.
 */
export function readBody(request: IncomingMessage, limitInBytes: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= limitInBytes) parts.push(part);
      else parts.length = 0;
    });
    request.once("end", () =>
      resolve(size > limitInBytes ? { kind: "too-large" } : { kind: "whole", bytes: Buffer.concat(parts, size) }),
    );
    request.once("error", () => resolve({ kind: "broken-off" }));
    request.once("aborted", () => resolve({ kind: "broken-off" }));
  });
}
