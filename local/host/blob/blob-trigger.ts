import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import type { BlobTrigger, IndexedFunction } from "../config/function-index.ts";
import type { HostJson } from "../config/host-json.ts";
import type { HostStorage } from "../host-storage.ts";
import type { Invoke } from "../invoker.ts";
import type { HostLog } from "../log.ts";
import { decodeMessage, encodeMessage } from "../queue/message-text.ts";
import { type Listener, startQueueListener } from "../queue/queue-listener.ts";
import { createQueueProcessor } from "../queue/queue-processor.ts";
import { executeBlobEvent } from "./blob-event.ts";
import { createBlobReceipts } from "./blob-receipts.ts";
import { startBlobScanner } from "./blob-scanner.ts";

/** What blob triggers need of their host. Times are in milliseconds. */
export interface BlobTriggerDeps {
  readonly storage: HostStorage;
  readonly options: HostJson["blobs"];
  readonly maxPollingInterval: number;
  readonly scanIntervalInMs: number;
  readonly messageLeaseInMs: number;
  readonly invoke: Invoke;
  readonly log: HostLog;
}

/** A blob function with its container. */
export interface WatchedFunction extends IndexedFunction<BlobTrigger> {
  readonly container: ContainerClient;
}

// The real host's queue of blob events is base64 whatever host.json says of the app's queues.
const encoding = "base64";

/** Starts all blob functions: a scan for each, and the one queue through which the found blobs go. */
export function startBlobTriggers(functions: readonly IndexedFunction<BlobTrigger>[], deps: BlobTriggerDeps): Listener {
  const watched = functions.map(toWatched);
  const scanners = watched.map((blobFunction) => startScanner(blobFunction, deps));
  const events = startEventQueue(watched, deps);
  return {
    stop: async () => {
      await Promise.all([...scanners, events].map((listener) => listener.stop()));
    },
  };
}

function toWatched(blobFunction: IndexedFunction<BlobTrigger>): WatchedFunction {
  const { connectionString, path } = blobFunction.trigger;
  return {
    ...blobFunction,
    container: BlobServiceClient.fromConnectionString(connectionString).getContainerClient(path.container),
  };
}

function startScanner({ name, trigger, container }: WatchedFunction, deps: BlobTriggerDeps): Listener {
  const queue = eventQueue(deps);
  return startBlobScanner({
    container,
    path: trigger.path,
    receipts: createBlobReceipts(deps.storage, name),
    scanIntervalInMs: deps.scanIntervalInMs,
    log: deps.log,
    enqueue: async (version) => {
      const event = {
        Type: "BlobTrigger",
        FunctionId: `Host.Functions.${name}`,
        BlobType: "BlockBlob",
        ContainerName: version.container,
        BlobName: version.name,
        ETag: version.etag,
      };
      await queue.createIfNotExists();
      await queue.sendMessage(encodeMessage(JSON.stringify(event), encoding));
    },
  });
}

function eventQueue({ storage }: BlobTriggerDeps): ReturnType<HostStorage["queues"]["getQueueClient"]> {
  return storage.queues.getQueueClient(`azure-webjobs-blobtrigger-${storage.hostId}`);
}

function startEventQueue(watched: readonly WatchedFunction[], deps: BlobTriggerDeps): Listener {
  const { storage, options, invoke, log } = deps;
  const queue = eventQueue(deps);
  const settle = createQueueProcessor({
    ...deps,
    queue,
    poisonQueue: storage.queues.getQueueClient("webjobs-blobtrigger-poison"),
    maxDequeueCount: options.poisonBlobThreshold,
    // A blob that failed is tried again at once; host.json's visibilityTimeout is for the app's queues alone.
    visibilityTimeout: 0,
    messageEncoding: encoding,
    execute: (_message, text) => executeBlobEvent(text, watched, { invoke, log }),
  });
  return startQueueListener({
    ...deps,
    ...toConcurrency(options.maxDegreeOfParallelism),
    queue,
    process: async (message) => {
      // What is no event of ours is dropped there, not kept as poison.
      if (decodeMessage(message.messageText, encoding) !== undefined) return settle(message);
      log({ level: "warning", source: "host", message: `Invalid message ${message.messageId} in ${queue.name}` });
      await queue.deleteMessage(message.messageId, message.popReceipt);
    },
  });
}

/** Batch size and threshold that together never exceed the degree of parallelism, split as the real host splits it. */
export function toConcurrency(maxDegreeOfParallelism: number): { batchSize: number; newBatchThreshold: number } {
  const batchSize = Math.min(32, Math.floor(maxDegreeOfParallelism / 2) + 1);
  return { batchSize, newBatchThreshold: Math.max(0, maxDegreeOfParallelism - batchSize) };
}
