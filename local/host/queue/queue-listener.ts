import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { HostLog } from "../log.ts";
import { pause } from "../pause.ts";
import { createBackOff } from "./back-off.ts";
import { limited } from "./request-limit.ts";

/** What polling a queue needs. `process` handles one message to its end and never rejects. */
export interface QueueListenerDeps {
  readonly queue: Pick<QueueClient, "receiveMessages" | "name">;
  readonly process: (message: DequeuedMessageItem) => Promise<void>;
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxPollingInterval: number;
  /** How long a received message stays invisible to others, in milliseconds; renewed while its function runs. */
  readonly messageLeaseInMs: number;
  /** @default 30,000 */
  readonly requestLimitInMs?: number;
  readonly log: HostLog;
}

/** Something that waits for work. `stop` takes no new work and resolves when what runs is done. */
export interface Listener {
  stop(): Promise<void>;
}

const minimumPollInMs = 100;

/**
 * Polls a queue: a batch whenever no more than `newBatchThreshold` messages are being worked on, and growing waits while
 * it is empty, missing or out of reach.
 */
export function startQueueListener(deps: QueueListenerDeps): Listener {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const loop = poll(deps, running, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all(running);
    },
  };
}

async function poll(deps: QueueListenerDeps, running: Set<Promise<void>>, signal: AbortSignal): Promise<void> {
  const nextWait = createBackOff({
    minimumInMs: minimumPollInMs,
    maximumInMs: deps.maxPollingInterval,
    random: Math.random,
  });
  while (!signal.aborted) {
    const batch = await receive(deps);
    const wait = nextWait(batch.length > 0);
    for (const message of batch) {
      const work = deps.process(message).finally(() => running.delete(work));
      running.add(work);
    }
    if (batch.length === 0) await pause(wait, signal);
    while (running.size > deps.newBatchThreshold && !signal.aborted) await Promise.race(running);
  }
}

async function receive(deps: QueueListenerDeps): Promise<DequeuedMessageItem[]> {
  const { queue, batchSize, messageLeaseInMs, requestLimitInMs, log } = deps;
  try {
    const options = { numberOfMessages: batchSize, visibilityTimeout: Math.ceil(messageLeaseInMs / 1000) };
    return (await queue.receiveMessages({ ...options, ...limited(requestLimitInMs) })).receivedMessageItems;
  } catch (error) {
    // A queue that does not exist yet is the usual case at the first start; anything else may pass as well, and giving
    // up would leave the queue unread for good.
    if (!isMissing(error)) {
      log({ level: "warning", source: "host", message: `Queue ${queue.name} could not be read: ${String(error)}` });
    }
    return [];
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 404;
}
