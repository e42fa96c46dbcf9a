import { QueueServiceClient } from "@azure/storage-queue";
import type { IndexedFunction, QueueTrigger } from "../config/function-index.ts";
import type { HostJson } from "../config/host-json.ts";
import type { Invoke } from "../invoker.ts";
import type { HostLog } from "../log.ts";
import { toQueueMetadata } from "./message-text.ts";
import { type Listener, startQueueListener } from "./queue-listener.ts";
import { createQueueProcessor } from "./queue-processor.ts";

const poisonSuffix = "-poison";

/** What a queue trigger needs of its host. */
export interface QueueTriggerDeps {
  readonly options: HostJson["queues"];
  readonly messageLeaseInMs: number;
  readonly invoke: Invoke;
  readonly log: HostLog;
}

/** Starts polling a queue function's queue. */
export function startQueueTrigger(
  { name: functionName, trigger }: IndexedFunction<QueueTrigger>,
  { options, messageLeaseInMs, invoke, log }: QueueTriggerDeps,
): Listener {
  const { queueName, bindingName } = trigger;
  const service = QueueServiceClient.fromConnectionString(trigger.connectionString);
  const queue = service.getQueueClient(queueName);
  const hasPoisonQueue = !queueName.endsWith(poisonSuffix);
  const process = createQueueProcessor({
    ...options,
    queue,
    poisonQueue: hasPoisonQueue ? service.getQueueClient(`${queueName}${poisonSuffix}`) : undefined,
    messageLeaseInMs,
    log,
    execute: async (message, text) => {
      const { outcome } = await invoke({
        functionName,
        bindingName,
        reason: `New queue message detected on '${queueName}'.`,
        data: { string: text },
        triggerMetadata: toQueueMetadata(message, text),
      });
      return outcome === "succeeded";
    },
  });
  return startQueueListener({ ...options, queue, process, messageLeaseInMs, log });
}
