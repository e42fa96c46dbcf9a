import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { RpcTypedData } from "../worker/protocol.ts";

/** How message texts are encoded; host.json's `messageEncoding`. */
export type MessageEncoding = "base64" | "none";

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A message's text; undefined when it is not encoded as host.json says. */
export function decodeMessage(raw: string, encoding: MessageEncoding): string | undefined {
  if (encoding === "none") return raw;
  return base64Pattern.test(raw) ? Buffer.from(raw, "base64").toString("utf8") : undefined;
}

/** A text as host.json says it must lie in a queue. */
export function encodeMessage(text: string, encoding: MessageEncoding): string {
  return encoding === "none" ? text : Buffer.from(text, "utf8").toString("base64");
}

/**
 * What a queue function finds in its context's trigger metadata. The real host also puts the top-level properties of a
 * JSON message there, and they win: a message with an `id` hides the queue's own.
 */
export function toQueueMetadata(message: DequeuedMessageItem, text: string): Record<string, RpcTypedData> {
  return mergeIgnoringCase(
    {
      QueueTrigger: { string: text },
      DequeueCount: { json: String(message.dequeueCount) },
      ExpirationTime: toJsonDate(message.expiresOn),
      Id: { string: message.messageId },
      InsertionTime: toJsonDate(message.insertedOn),
      NextVisibleTime: toJsonDate(message.nextVisibleOn),
      PopReceipt: { string: message.popReceipt },
    },
    readProperties(text),
  );
}

function toJsonDate(date: Date): RpcTypedData {
  return { json: JSON.stringify(date.toISOString().replace("Z", "+00:00")) };
}

function readProperties(text: string): Record<string, RpcTypedData> {
  const properties: Record<string, RpcTypedData> = {};
  for (const [name, value] of Object.entries(parseObject(text))) {
    if (value === null || Array.isArray(value)) continue;
    properties[name] = typeof value === "object" ? { json: JSON.stringify(value) } : { string: String(value) };
  }
  return properties;
}

function parseObject(text: string): object {
  if (!text.trimStart().startsWith("{")) return {};
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function mergeIgnoringCase(
  base: Record<string, RpcTypedData>,
  over: Record<string, RpcTypedData>,
): Record<string, RpcTypedData> {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const known = Object.keys(merged).find((key) => key.toLowerCase() === name.toLowerCase());
    merged[known ?? name] = value;
  }
  return merged;
}
