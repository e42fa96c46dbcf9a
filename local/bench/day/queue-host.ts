import { type DequeuedMessageItem, QueueServiceClient } from "@azure/storage-queue";
import hostJson from "../../../host.json" with { type: "json" };
import { type Listener, startQueueListener } from "../../host/queue/queue-listener.ts";
import { createQueueProcessor } from "../../host/queue/queue-processor.ts";

/** What takes messages. */
export interface QueueHostDeps {
  readonly connectionString: string;
  /** @throws whatever makes the message come back; it is told to `onFault` */
  readonly take: (queue: string, message: unknown, dequeueCount: number) => Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** Is told of each request that a host makes: they cost as much as the functions' own. */
  readonly onRequest?: (operation: "receive" | "delete") => void;
}

/** host.json's own: what is measured is what one instance does in Azure. */
const { batchSize, newBatchThreshold } = hostJson.extensions.queues;

/**
 * Gives the messages of some queues to functions in this process by the storage extension's rules (local/host), with
 * host.json's batches. A queue that is empty is asked again after 100 ms: in Azure the scale controller's look adds to that.
 */
export function startQueueHost(queues: readonly string[], deps: QueueHostDeps): Listener {
  const service = QueueServiceClient.fromConnectionString(deps.connectionString);
  const listeners = queues.map((name) => {
    const queue = service.getQueueClient(name);
    const log = ({ message }: { readonly message: string }): void => deps.onFault(new Error(message));
    const common = { queue, log, messageLeaseInMs: 60_000 };
    const process = createQueueProcessor({
      ...common,
      poisonQueue: undefined,
      maxDequeueCount: 5,
      visibilityTimeout: 1_000,
      messageEncoding: "base64",
      execute: (message, text) => execute(deps, name, message, text),
    });
    return startQueueListener({
      ...common,
      ...{ batchSize, newBatchThreshold, maxPollingInterval: 100 },
      queue: { name, receiveMessages: counted(deps, queue) },
      process: async (message) => {
        await process(message);
        deps.onRequest?.("delete");
      },
    });
  });
  return {
    stop: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
  };
}

type Queue = ReturnType<QueueServiceClient["getQueueClient"]>;

function counted({ onRequest }: QueueHostDeps, queue: Queue): Queue["receiveMessages"] {
  return async (...args) => {
    const batch = await queue.receiveMessages(...args);
    // Asking in vain is the price of waiting, not of the drop.
    if (batch.receivedMessageItems.length > 0) onRequest?.("receive");
    return batch;
  };
}

async function execute(
  { take, onFault }: QueueHostDeps,
  queue: string,
  message: DequeuedMessageItem,
  text: string,
): Promise<boolean> {
  try {
    await take(queue, JSON.parse(text), message.dequeueCount);
    return true;
  } catch (error) {
    onFault(error);
    return false;
  }
}
