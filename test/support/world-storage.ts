import type { Blobs } from "../../shared/store/blobs.ts";
import type { QueueName, Queues, Task } from "../../shared/store/queues.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryQueues } from "./memory-queues.ts";
import type { WorldClock } from "./world-clock.ts";

type Maybe<T> = T | Promise<T>;

/** A message that a host has taken: invisible to others until it is settled or its time is over. */
export interface HostMessage<Q extends QueueName> {
  readonly task: Task<Q>;
  readonly dequeueCount: number;
  acknowledge(): Maybe<void>;
  putBack(delayInMs?: number): Maybe<void>;
}

/** Queues as a host reads them. */
export interface HostQueues extends Queues {
  take<Q extends QueueName>(queue: Q, visibilityInMs: number): Maybe<HostMessage<Q> | undefined>;
  /** How many messages there are, hidden ones too. */
  count(queue: QueueName): Maybe<number>;
  /** When it is worth looking next, ms since 1970; undefined when there is nothing to come. */
  nextVisibleAt(queue: QueueName): number | undefined;
  clear(): Maybe<void>;
}

/** The storage of a world. */
export interface WorldStorage<B extends Blobs, Q extends HostQueues> {
  readonly clock: WorldClock;
  /** As the world itself and its host reach it. */
  readonly blobs: B;
  readonly queues: Q;
  /** As the app reaches it: what goes wrong on the way goes wrong here. */
  readonly app: { readonly blobs: Blobs; readonly queues: Queues };
  /** How long, in real ms, something may take that does not hang. */
  readonly patienceInMs: number;
}

/** Storage in memory, by the world's clock. */
export function openMemoryStorage(clock: WorldClock): WorldStorage<MemoryBlobs, MemoryQueues> {
  const [blobs, queues] = [new MemoryBlobs(clock), new MemoryQueues(clock)];
  return { clock, blobs, queues, app: { blobs, queues }, patienceInMs: 30 };
}
