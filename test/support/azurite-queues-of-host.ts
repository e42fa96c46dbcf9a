import type { QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { parseTask } from "../../shared/store/parse-task.ts";
import type { QueueName, Queues, Task } from "../../shared/store/queues.ts";
import type { WorldClock } from "./world-clock.ts";
import type { HostMessage, HostQueues } from "./world-storage.ts";

/** Storage counts in whole seconds. */
const slackInMs = 1500;

/**
 * Azurite's queues as a host reads them. When a hidden message shows up storage does not tell, so each time at which one
 * may have been hidden until is remembered, and only then it is looked for.
 */
export class AzuriteQueuesOfHost implements HostQueues {
  readonly #service: QueueServiceClient;
  readonly #sound: Queues;
  readonly #clock: WorldClock;
  readonly #times = new Map<QueueName, Set<number>>();

  constructor(deps: { readonly service: QueueServiceClient; readonly sound: Queues; readonly clock: WorldClock }) {
    this.#service = deps.service;
    this.#sound = deps.sound;
    this.#clock = deps.clock;
  }

  async send<Q extends QueueName>(queue: Q, task: Task<Q>, delayInMs = 0): Promise<void> {
    await this.noting(this.#sound).send(queue, task, delayInMs);
  }

  /** Queues to send to, of whose messages this one knows. */
  noting(queues: Queues): Queues {
    return {
      send: async (queue, task, delayInMs = 0) => {
        try {
          await queues.send(queue, task, delayInMs);
        } finally {
          // A send that has failed may have left its message all the same.
          this.#noteIn(queue, delayInMs);
        }
      },
    };
  }

  async take<Q extends QueueName>(queue: Q, visibilityInMs: number): Promise<HostMessage<Q> | undefined> {
    const now = this.#clock.now();
    const times = this.#timesOf(queue);
    const due = [...times].filter((time) => time <= now);
    if (due.length === 0) return undefined;
    const client = this.#service.getQueueClient(queue);
    const { receivedMessageItems } = await client.receiveMessages({ visibilityTimeout: visibilityInMs / 1000 });
    const [message] = receivedMessageItems;
    if (message === undefined) {
      for (const time of due) times.delete(time);
      return undefined;
    }
    this.#noteIn(queue, visibilityInMs);
    const task = parseTask(queue, JSON.parse(Buffer.from(message.messageText, "base64").toString()));
    return { task, dequeueCount: message.dequeueCount, ...this.#settling(client, queue, message) };
  }

  async count(queue: QueueName): Promise<number> {
    if (this.#timesOf(queue).size === 0) return 0;
    const { approximateMessagesCount = 0 } = await this.#service.getQueueClient(queue).getProperties();
    if (approximateMessagesCount === 0) this.#timesOf(queue).clear();
    return approximateMessagesCount;
  }

  nextVisibleAt(queue: QueueName): number | undefined {
    const times = [...this.#timesOf(queue)];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async clear(): Promise<void> {
    for (const queue of this.#times.keys()) await this.#service.getQueueClient(queue).clearMessages();
    this.#times.clear();
  }

  #settling(
    client: QueueClient,
    queue: QueueName,
    { messageId, popReceipt }: { readonly messageId: string; readonly popReceipt: string },
  ): Pick<HostMessage<QueueName>, "acknowledge" | "putBack"> {
    return {
      acknowledge: async () => {
        await client.deleteMessage(messageId, popReceipt);
      },
      putBack: async (delayInMs = 0) => {
        await client.updateMessage(messageId, popReceipt, undefined, delayInMs / 1000);
        this.#noteIn(queue, delayInMs);
      },
    };
  }

  #noteIn(queue: QueueName, delayInMs: number): void {
    const times = this.#timesOf(queue);
    times.add(this.#clock.now());
    times.add(this.#clock.now() + delayInMs + slackInMs);
  }

  #timesOf(queue: QueueName): Set<number> {
    const times = this.#times.get(queue) ?? new Set<number>();
    this.#times.set(queue, times);
    return times;
  }
}
