import assert from "node:assert/strict";
import { test } from "node:test";
import { followDrops } from "../../../local/start/follow-drops.ts";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";

/** What is said while no fetch comes to an end, at looks at the clock that are so many ms apart. */
async function wait(looks: number, apartInMs: number): Promise<string[]> {
  const [lines, stop]: [string[], AbortController] = [[], new AbortController()];
  let now = 0;
  let looked = 0;
  await followDrops({
    ...{ blobs: new MemoryBlobs(), queues: new MemoryQueues(), connector: connectorName.parse("local") },
    progress: {
      show: (what) => lines.push(typeof what === "string" ? what : what.drop.id),
      say: (line) => lines.push(line),
      end: () => undefined,
    },
    ...{ startedAt: 0, now: () => now, hasKey: true, page: undefined, isOnce: true, signal: stop.signal },
    look: () => Promise.resolve(),
    bringFiles: async () => {
      now += apartInMs;
      looked += 1;
      if (looked === looks) stop.abort();
    },
  });
  return lines;
}

const waiting = "waiting for the site's files";

test("a first fetch that does not end is told of once", async () => {
  assert.deepEqual(await wait(3, 30_000), [
    ...[waiting, waiting],
    "- No fetch of the site has come to an end in half a minute. A start with --verbose shows what the functions do.",
    waiting,
  ]);
});

test("a first fetch that takes some seconds is not", async () => {
  assert.deepEqual(await wait(2, 29_000), [waiting, waiting]);
});
