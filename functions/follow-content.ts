import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpAnswer } from "../shared/api/http-message.ts";

type Content = HttpAnswer["content"];

/** An answer's content on its way, and when it has been sent. */
export interface Followed {
  readonly content: Content;
  /** Resolves when all of it has been taken; rejects with the reason why it broke off. */
  readonly sent: Promise<void>;
}

/**
 * Follows a content to its end, so that an invocation lasts until its download is over. What it asks of storage is asked
 * within the invocation: a generator would run in the context of whoever takes from it.
 */
export function followContent(content: Content): Followed {
  if (content === undefined || typeof content === "string" || content instanceof Uint8Array) {
    return { content, sent: Promise.resolve() };
  }
  const within = AsyncLocalStorage.snapshot();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { content: passOn(content, within, { resolve, reject }), sent: promise };
}

async function* passOn(
  content: AsyncIterable<string | Uint8Array>,
  within: ReturnType<typeof AsyncLocalStorage.snapshot>,
  end: { resolve(): void; reject(reason: unknown): void },
): AsyncGenerator<string | Uint8Array> {
  const iterator = within(() => content[Symbol.asyncIterator]());
  try {
    for (;;) {
      const next = await within(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    end.reject(error);
    // The host logs the message of what goes on from here, and a foreign one can quote a chat.
    throw new Error("The download broke off.");
  } finally {
    // Also when nobody takes the rest. After a rejection it does nothing.
    end.resolve();
    await within(() => iterator.return?.());
  }
}
