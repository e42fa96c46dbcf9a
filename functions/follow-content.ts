import type { HttpAnswer } from "../shared/api/http-message.ts";

type Pieces = AsyncIterator<string | Uint8Array>;

/**
 * A content that has begun, and that tells why it broke off later: by then its function has returned, so nobody else would.
 * Throws the content's own error while nothing has been sent. What it asks of storage later is in no invocation's count.
 */
export async function followContent(
  content: HttpAnswer["content"],
  tell: (error: unknown) => void,
): Promise<HttpAnswer["content"]> {
  if (content === undefined || typeof content === "string" || content instanceof Uint8Array) return content;
  const pieces = content[Symbol.asyncIterator]();
  return passOn(await pieces.next(), pieces, tell);
}

async function* passOn(
  first: IteratorResult<string | Uint8Array>,
  pieces: Pieces,
  tell: (error: unknown) => void,
): AsyncGenerator<string | Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
  } catch (error) {
    tell(error);
    // The host logs the message of what goes on from here, and a foreign one can quote a chat.
    throw new Error("The download broke off.");
  } finally {
    // Also when the caller has gone and nobody takes the rest.
    await pieces.return?.();
  }
}
