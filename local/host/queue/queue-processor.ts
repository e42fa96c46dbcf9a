import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { HostLog } from "../log.ts";
import { keepMessageInvisible } from "./message-lease.ts";
import { decodeMessage, encodeMessage, type MessageEncoding } from "./message-text.ts";
import { limited } from "./request-limit.ts";

/** Runs the work a message asks for; true when it succeeded. */
export type ExecuteMessage = (message: DequeuedMessageItem, text: string) => Promise<boolean>;

/** What handling messages needs. Times are in milliseconds. */
export interface QueueProcessorDeps {
  readonly queue: QueueClient;
  /** undefined for a poison queue itself: its failed messages come back when their invisibility ends. */
  readonly poisonQueue: QueueClient | undefined;
  readonly execute: ExecuteMessage;
  readonly maxDequeueCount: number;
  readonly visibilityTimeout: number;
  readonly messageEncoding: MessageEncoding;
  readonly messageLeaseInMs: number;
  readonly log: HostLog;
}

/**
 * Makes the handling of one message by the storage extension's rules: success deletes it, failure lets it come back after
 * the visibility timeout, and the last failure moves it to the poison queue. What cannot be decoded goes there without a run.
 * A storage error is logged and leaves the message to come back: it never ends the host.
 */
export function createQueueProcessor(deps: QueueProcessorDeps): (message: DequeuedMessageItem) => Promise<void> {
  return async (message) => {
    try {
      await processMessage(deps, message);
    } catch (error) {
      const text = `A message of ${deps.queue.name} could not be settled and will come back: ${String(error)}`;
      deps.log({ level: "error", source: "host", message: text });
    }
  };
}

async function processMessage(deps: QueueProcessorDeps, message: DequeuedMessageItem): Promise<void> {
  const text = decodeMessage(message.messageText, deps.messageEncoding);
  if (text === undefined) return moveToPoison(deps, message, message.messageText);
  if (message.dequeueCount > deps.maxDequeueCount) return moveToPoison(deps, message, encode(deps, text));

  const { succeeded, popReceipt } = await executeUnderLease(deps, message, text);
  const current = { ...message, popReceipt };

  if (succeeded) return remove(deps, current);
  if (deps.poisonQueue === undefined) return;
  if (message.dequeueCount >= deps.maxDequeueCount) return moveToPoison(deps, current, encode(deps, text));
  await release(deps, current);
}

async function executeUnderLease(
  deps: QueueProcessorDeps,
  message: DequeuedMessageItem,
  text: string,
): Promise<{ succeeded: boolean; popReceipt: string }> {
  const lease = keepMessageInvisible({ ...deps, messageId: message.messageId, popReceipt: message.popReceipt });
  try {
    return { succeeded: await deps.execute(message, text), popReceipt: await lease.end() };
  } finally {
    await lease.end();
  }
}

function encode({ messageEncoding }: QueueProcessorDeps, text: string): string {
  return encodeMessage(text, messageEncoding);
}

async function moveToPoison(deps: QueueProcessorDeps, message: DequeuedMessageItem, raw: string): Promise<void> {
  const { poisonQueue, maxDequeueCount, log } = deps;
  if (poisonQueue === undefined) return;
  const reason = `Message has reached MaxDequeueCount of ${maxDequeueCount}. Moving message to queue '${poisonQueue.name}'.`;
  log({ level: "warning", source: "host", message: reason });
  await poisonQueue.createIfNotExists(limited());
  await poisonQueue.sendMessage(raw, limited());
  await remove(deps, message);
}

async function remove({ queue }: QueueProcessorDeps, { messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
  await unlessTakenOver(queue.deleteMessage(messageId, popReceipt, limited()));
}

async function release(deps: QueueProcessorDeps, { messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
  await unlessTakenOver(
    deps.queue.updateMessage(messageId, popReceipt, undefined, Math.round(deps.visibilityTimeout / 1000), limited()),
  );
}

const takenOver = new Set(["PopReceiptMismatch", "MessageNotFound", "QueueNotFound", "QueueBeingDeleted"]);

/** Someone else has the message, or it is gone: it is theirs to settle. */
async function unlessTakenOver(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (error instanceof Error && "code" in error && takenOver.has(String(error.code))) return;
    throw error;
  });
}
