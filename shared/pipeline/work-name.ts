import * as z from "zod";
import { connectorName, dropId, fileId, mailboxId } from "../chat/identifiers.ts";
import { parseTask } from "../store/parse-task.ts";
import { type QueueName, tasks } from "../store/queues.ts";
import { parseTicketPath } from "./ticket-path.ts";

const gen = z.number().int().positive();
const ofDrop = { drop: dropId, gen };

/** A piece of work that a message or a blob event stands for, by its ids. `released` are the tickets of drop files. */
export const work = z.discriminatedUnion("queue", [
  z.object({ queue: z.literal("fetches"), connector: connectorName }),
  z.object({ queue: z.literal("released"), ...ofDrop, file: fileId }),
  z.object({ queue: z.literal("chats"), ...ofDrop, file: fileId, chunk: z.number().int().nonnegative() }),
  z.object({
    queue: z.literal("partitions"),
    ...ofDrop,
    p: z.number().int().nonnegative(),
    P: z.number().int().positive(),
  }),
  z.object({ queue: z.literal("mailboxes"), ...ofDrop, mailbox: mailboxId }),
]);
/** A piece of work that a message or a blob event stands for. */
export type Work = z.infer<typeof work>;
/** What the work of one drop can be. */
export type DropWork = Exclude<Work, { queue: "fetches" }>;

/** Where messages of ours that failed for good came from: the queues, and the blob events of `released`. */
export const workQueues = ["fetches", "released", "chats", "partitions", "mailboxes"] as const satisfies readonly (
  | QueueName
  | "released"
)[];
/** The storage extension's message about a blob; it names the container and the blob apart. */
const blobEvent = z.object({ ContainerName: z.literal("released"), BlobName: z.string() });

/**
 * The work that a message stands for: the same for every copy of it, whatever id the host gives the copy. Undefined when
 * it is no message of ours.
 * @param queue the queue it came from; `released` for a blob event
 */
export function toWork(queue: string, message: unknown): Work | undefined {
  try {
    if (queue === "released") {
      const { ContainerName, BlobName } = blobEvent.parse(message);
      return work.parse({ queue, ...parseTicketPath(`${ContainerName}/${BlobName}`) });
    }
    return isQueue(queue) ? work.parse({ ...parseTask(queue, message), queue }) : undefined;
  } catch (error) {
    if (error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** The work's name below its queue: ids and numbers, unique, and sorted by drop and generation. */
export function toWorkName(one: Work): string {
  switch (one.queue) {
    case "fetches":
      return one.connector;
    case "released":
      return `${one.drop}/${one.gen}/${one.file}`;
    case "chats":
      return `${one.drop}/${one.gen}/${one.file}-${String(one.chunk).padStart(5, "0")}`;
    case "partitions":
      return `${one.drop}/${one.gen}/${one.p}`;
    case "mailboxes":
      return `${one.drop}/${one.gen}/${one.mailbox}`;
  }
}

/** The work in words, without its drop. */
export function toWorkText(one: Work): string {
  switch (one.queue) {
    case "fetches":
      return `the fetch of connector ${one.connector}`;
    case "released":
      return `file ${one.file}`;
    case "chats":
      return `chunk ${one.chunk} of file ${one.file}`;
    case "partitions":
      return `partition ${one.p} of ${one.P}`;
    case "mailboxes":
      return `mailbox ${one.mailbox}`;
  }
}

function isQueue(name: string): name is QueueName {
  return Object.hasOwn(tasks, name);
}
