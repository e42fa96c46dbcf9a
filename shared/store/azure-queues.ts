import type { QueueServiceClient } from "@azure/storage-queue";
import { parseTask } from "./parse-task.ts";
import type { QueueDepth, QueueDepths, QueueName, Queues, Task } from "./queues.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageFault } from "./storage-fault.ts";

/** What AzureQueues is made of. */
export interface AzureQueuesDeps {
  readonly service: QueueServiceClient;
  readonly calls: StorageCalls;
}

const sevenDaysInMs = 7 * 24 * 3600 * 1000;

/** Storage queues on Azure or Azurite: base64 of JSON, as host.json's messageEncoding says, so that the host can read it. */
export class AzureQueues implements Queues, QueueDepths {
  readonly #deps: AzureQueuesDeps;

  constructor(deps: AzureQueuesDeps) {
    this.#deps = deps;
  }

  /** A reply that was lost means that the message is sent again: twice is harmless, as every receiver knows what it did. */
  async send<Q extends QueueName>(queue: Q, task: Task<Q>, delayInMs = 0): Promise<void> {
    if (delayInMs < 0 || delayInMs > sevenDaysInMs) throw new RangeError("a message's delay is 0 to 7 days");
    const text = Buffer.from(JSON.stringify(parseTask(queue, task))).toString("base64");
    const client = this.#deps.service.getQueueClient(queue);
    const options = { messageTimeToLive: -1, visibilityTimeout: Math.ceil(delayInMs / 1000) };
    const send = (abortSignal: AbortSignal) => client.sendMessage(text, { ...options, abortSignal });
    await this.#deps.calls.run("send to queue", queue, send);
  }

  async depthOf(queue: QueueName): Promise<QueueDepth> {
    return { messages: await this.#count(queue), poison: await this.#count(`${queue}-poison`) };
  }

  /** The host makes a poison queue when it has the first message for it. */
  async #count(name: string): Promise<number> {
    const client = this.#deps.service.getQueueClient(name);
    const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    try {
      return (await this.#deps.calls.run("measure queue", name, ask)).approximateMessagesCount ?? 0;
    } catch (error) {
      if (error instanceof StorageFault && error.code === "QueueNotFound") return 0;
      throw error;
    }
  }
}
