import type { Observe } from "../telemetry/dependency-tally.ts";
import { observed } from "../telemetry/observed.ts";
import type { Site } from "./site.ts";

/** The same site, telling of each request to it. */
export function toObservedSite(site: Site, observe: Observe): Site {
  const ask = <T>(operation: string, send: () => Promise<T>): Promise<T> =>
    observed({ dependency: "site", operation, observe }, send);
  return {
    list: (folder, signal, isWanted) => ask("list", () => site.list(folder, signal, isWanted)),
    stat: (path, signal) => ask("stat", () => site.stat(path, signal)),
    read: (path, sizeInBytes, signal) => readObserved(site.read(path, sizeInBytes, signal), observe),
    end: () => site.end(),
  };
}

/** The time includes what the reader does with the bytes: they are asked for as fast as they are taken. */
async function* readObserved(bytes: AsyncIterable<Buffer>, observe: Observe): AsyncGenerator<Buffer> {
  const startedAt = performance.now();
  let outcome: "ok" | "failed" = "failed";
  try {
    yield* bytes;
    outcome = "ok";
  } finally {
    observe({ dependency: "site", operation: "read", durationInMs: performance.now() - startedAt, outcome });
  }
}
