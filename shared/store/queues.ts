import * as z from "zod";
import { checkId, connectorName, dropId, fileId, mailboxId } from "../chat/identifiers.ts";

/** What every queue message carries: the schema's version and the ids by which a run is followed through the logs. */
const envelope = z.object({
  v: z.literal(1),
  runId: z.string().max(64),
  traceparent: z.string().max(64).optional(),
});

/** The queues and their messages. They hold ids only: never people, addresses or words. */
export const tasks = {
  fetches: envelope.extend({ connector: connectorName }),
  chats: envelope.extend({
    drop: dropId,
    gen: z.number().int().positive(),
    file: fileId,
    chunk: z.number().int().nonnegative(),
  }),
  partitions: envelope.extend({
    drop: dropId,
    gen: z.number().int().positive(),
    p: z.number().int().nonnegative(),
    P: z.number().int().positive(),
  }),
  mailboxes: envelope.extend({
    drop: dropId,
    gen: z.number().int().positive(),
    mailbox: mailboxId,
    slice: z.number().int().nonnegative(),
  }),
  checks: envelope.extend({ check: checkId }),
} as const;

/** Name of a queue. */
export type QueueName = keyof typeof tasks;
/** A queue's message. */
export type Task<Q extends QueueName> = z.infer<(typeof tasks)[Q]>;

/** About how much a queue holds, messages that wait or are being worked on included. */
export interface QueueDepth {
  readonly messages: number;
  /** In its poison queue: what nobody has taken from there. */
  readonly poison: number;
}

/** The queues, as narrow as the connector needs them. A message may be delivered twice, late and out of order. */
export interface Queues {
  /** Puts a message that never expires (TTL -1), visible after `delayInMs` (default 0, at most 7 days). */
  send<Q extends QueueName>(queue: Q, task: Task<Q>, delayInMs?: number): Promise<void>;
}

/** Says how full the queues are. */
export interface QueueDepths {
  depthOf(queue: QueueName): Promise<QueueDepth>;
}
