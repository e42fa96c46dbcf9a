import type { HttpAnswer } from "../shared/api/http-message.ts";

/**
 * A content that tells why it broke off: by then its function has returned, so nobody else would. What it asks of storage
 * after that is in no invocation's count.
 */
export function followContent(content: HttpAnswer["content"], tell: (error: unknown) => void): HttpAnswer["content"] {
  const isWhole = content === undefined || typeof content === "string" || content instanceof Uint8Array;
  return isWhole ? content : passOn(content, tell);
}

async function* passOn(
  content: AsyncIterable<string | Uint8Array>,
  tell: (error: unknown) => void,
): AsyncGenerator<string | Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    tell(error);
    // The host logs the message of what goes on from here, and a foreign one can quote a chat.
    throw new Error("The download broke off.");
  }
}
