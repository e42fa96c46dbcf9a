import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";

/** What of a body that nobody wants is still taken, so that the caller comes to read the answer. */
const mostDrainedInBytes = 32_000_000;
/** A caller that sends nothing for so long waits for the answer. */
const silenceInMs = 250;
/** And one that sends byte after byte must not keep the function busy. */
const longestDrainInMs = 10_000;

/** A request's body. */
export interface RequestBody {
  /** Its bytes as they come. Leaving off early leaves the rest where it is. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /**
   * Takes what was left, and drops it. Without that the connection would be cut while the caller still sends, and the
   * answer, such as 413, would be lost with it.
   */
  drain(longestInMs?: number): Promise<void>;
}

/** Reads a request's body without ever cancelling it: that would cut the connection. */
export function toRequestBody(stream: ReadableStream<Uint8Array>): RequestBody {
  const reader = stream.getReader();
  let reading: ReturnType<typeof reader.read> | undefined;
  const next = async (): ReturnType<typeof reader.read> => {
    reading ??= reader.read();
    const read = await reading;
    reading = undefined;
    return read;
  };
  return {
    bytes: {
      async *[Symbol.asyncIterator]() {
        for (let read = await next(); !read.done; read = await next()) yield read.value;
      },
    },
    drain: (longestInMs = longestDrainInMs) => drain(next, longestInMs),
  };
}

async function drain(
  next: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>,
  longestInMs: number,
): Promise<void> {
  let drained = 0;
  const startedAt = performance.now();
  while (drained < mostDrainedInBytes && performance.now() - startedAt < longestInMs) {
    const waiting = new AbortController();
    const silence = sleep(silenceInMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    // A caller that has gone breaks the stream: there is nobody left to answer.
    const read = await Promise.race([next().catch(() => undefined), silence]);
    waiting.abort();
    if (read === undefined || read.done) return;
    drained += read.value?.byteLength ?? 0;
  }
}
