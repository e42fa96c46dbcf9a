import type { HttpAnswer, HttpAsk } from "../../../shared/api/http-message.ts";

/** A request as the router gets it. */
export function toAsk(
  methodAndUrl: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | readonly Uint8Array[],
): HttpAsk {
  const [method = "", path = ""] = methodAndUrl.split(" ");
  const pieces = typeof body === "string" ? [Buffer.from(body)] : body;
  return {
    method,
    url: new URL(`https://chat.example${path}`),
    headers: new Headers(headers),
    body: pieces === undefined ? undefined : toStream(pieces),
  };
}

async function* toStream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** An answer's content as text; of one that comes in pieces nothing. */
export function textOf({ content = "" }: HttpAnswer): string {
  if (typeof content === "string") return content;
  return content instanceof Uint8Array ? Buffer.from(content).toString() : "";
}
