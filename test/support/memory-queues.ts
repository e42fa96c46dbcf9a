import type { Clock } from "../../shared/store/clock.ts";
import { parseTask } from "../../shared/store/parse-task.ts";
import type { QueueDepth, QueueDepths, QueueName, Queues, Task } from "../../shared/store/queues.ts";

interface Message {
  readonly id: number;
  readonly text: string;
  visibleAt: number;
  dequeueCount: number;
}

/** A message taken from a queue: invisible to others until it is acknowledged, put back, or its time is over. */
export interface TakenTask<Q extends QueueName> {
  readonly task: Task<Q>;
  /** How often it has been taken, this time included. */
  readonly dequeueCount: number;
  /** Deletes the message. */
  acknowledge(): void;
  /** Makes it visible again after `delayInMs` (default 0), as a host does when the function has thrown. */
  putBack(delayInMs?: number): void;
}

const sevenDaysInMs = 7 * 24 * 3600 * 1000;

/** Queues in memory, with visibility by an injected clock. Held to test/contract/store/queues. */
export class MemoryQueues implements Queues, QueueDepths {
  readonly #messages = new Map<QueueName, Message[]>();
  readonly #clock: Pick<Clock, "now">;
  #lastId = 0;

  constructor(clock: Pick<Clock, "now"> = { now: () => Date.now() }) {
    this.#clock = clock;
  }

  async send<Q extends QueueName>(queue: Q, task: Task<Q>, delayInMs = 0): Promise<void> {
    if (delayInMs < 0 || delayInMs > sevenDaysInMs) throw new RangeError("a message's delay is 0 to 7 days");
    const text = JSON.stringify(parseTask(queue, task));
    this.#lastId += 1;
    const message: Message = { id: this.#lastId, text, visibleAt: this.#clock.now() + delayInMs, dequeueCount: 0 };
    this.#messages.set(queue, [...this.#of(queue), message]);
  }

  /** Takes the oldest visible message and hides it for `visibilityInMs`. */
  take<Q extends QueueName>(queue: Q, visibilityInMs = 300_000): TakenTask<Q> | undefined {
    const now = this.#clock.now();
    const message = this.#of(queue).find((candidate) => candidate.visibleAt <= now);
    if (message === undefined) return undefined;
    message.visibleAt = now + visibilityInMs;
    message.dequeueCount += 1;
    return {
      task: parseTask(queue, JSON.parse(message.text)),
      dequeueCount: message.dequeueCount,
      acknowledge: () =>
        this.#messages.set(
          queue,
          this.#of(queue).filter((other) => other.id !== message.id),
        ),
      putBack: (delayInMs = 0) => {
        message.visibleAt = this.#clock.now() + delayInMs;
      },
    };
  }

  /** All messages of a queue, hidden ones too, oldest first. */
  all<Q extends QueueName>(queue: Q): Task<Q>[] {
    return this.#of(queue).map((message) => parseTask(queue, JSON.parse(message.text)));
  }

  /** Loses every message of every queue, hidden ones too. */
  clear(): void {
    this.#messages.clear();
  }

  /** How many messages a queue holds, hidden ones too. */
  count(queue: QueueName): number {
    return this.#of(queue).length;
  }

  async depthOf(queue: QueueName): Promise<QueueDepth> {
    return { messages: this.count(queue), poison: 0 };
  }

  /** When the next message of a queue becomes visible, ms since 1970; undefined when it is empty. */
  nextVisibleAt(queue: QueueName): number | undefined {
    const times = this.#of(queue).map((message) => message.visibleAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #of(queue: QueueName): Message[] {
    return this.#messages.get(queue) ?? [];
  }
}
