import { createHash } from "node:crypto";
import type { FeedId, ImportKey } from "../chat/identifiers.ts";
import { placeholderDomain } from "./correspondent.ts";

/** GUID of the connector's named properties. It must never change: items are found again by it. */
export const propertySet = "{24d338db-327c-454a-b467-b7339886963b}";

/** Id of the named property that holds an item's import key, as Graph writes it. */
export const importKeyProperty = `String ${propertySet} Name IceChatImportKey`;

/** An item's Internet Message-ID (RFC 5322, 3.6.4): stable, so that an item whose creation is in doubt can be found. */
export function toInternetMessageId(key: ImportKey, feed: FeedId): string {
  return `<${key}@${feed}.${placeholderDomain}>`;
}

/**
 * The Message-ID that all items of a conversation refer to, so that Outlook shows them as one thread. No item bears it:
 * made of the conversation alone, it needs no first item and no order.
 */
export function toConversationRootId(feed: FeedId, conversationId: string): string {
  const hash = createHash("sha256").update(`${feed}\u001f${conversationId}`).digest("base64url");
  return `<conversation.${hash}@${feed}.${placeholderDomain}>`;
}

/** Reads the import key out of one of our Message-IDs; undefined when it is none. */
export function keyOfMessageId(internetMessageId: string): string | undefined {
  const domain = placeholderDomain.replaceAll(".", "\\.");
  return new RegExp(`^<([A-Za-z0-9_-]{43})@[A-Za-z0-9_-]+\\.${domain}>$`).exec(internetMessageId)?.[1];
}
