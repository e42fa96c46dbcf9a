import { createHash } from "node:crypto";
import { folded, type ParsedItem, personKey } from "./chat-item.ts";
import { type FeedId, type ImportKey, importKey } from "./identifiers.ts";

/** The rule by which keys are made now; `feeds/{feedId}.json` keeps which rule held for which chat day. */
export const importKeyRule = "1";

const separator = "\u001f";
const between = "\u001e";

/**
 * The import key: base64url(SHA-256 of rule, feed, conversation, messageId or `#n`, kind, sentAt in whole seconds,
 * sender, SHA-256 of the text, attachments). Two things must never change it: how often a file is sent again, and who
 * the recipients are mapped to; so neither file names nor addresses are in it (docs/adr/0003).
 *
 * @param occurrence `n` of an item without messageId: which of several identical ones in its conversation it is, from 1.
 */
export function toImportKey(rule: string, feed: FeedId, item: ParsedItem, occurrence: number): ImportKey {
  const fields = [rule, feed, item.conversationId, item.messageId ?? `#${occurrence}`, ...identity(item)];
  return importKey.parse(createHash("sha256").update(fields.map(clean).join(separator)).digest("base64url"));
}

/** 64 bits that are equal for identical items: what `n` counts. Live and history are counted apart. */
export function toTupleFingerprint(item: ParsedItem): bigint {
  const fields = [item.isHistory ? "history" : "live", item.conversationId, ...identity(item)];
  return createHash("sha256").update(fields.map(clean).join(separator)).digest().readBigUInt64LE();
}

function identity(item: ParsedItem): string[] {
  const text = createHash("sha256").update(toCanonicalText(item.text)).digest("hex");
  const files = item.attachments.map(
    (file) => `${escaped(file.name.normalize("NFC"), between)}=${file.content?.sha256 ?? file.missing ?? ""}`,
  );
  const sender = item.sender.imId === undefined ? personKey(item.sender) : folded(item.sender.imId);
  return [item.kind, String(Math.floor(item.sentAt / 1000)), sender, text, files.toSorted().join(between)];
}

/** The text as the key sees it: NFC with LF line ends. */
function toCanonicalText(text: string): string {
  return text.normalize("NFC").replace(/\r\n?/g, "\n");
}

/** A separator inside a value would let two different items share a key, so it is escaped there. */
function escaped(value: string, inner: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll(inner, `\\u${inner.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function clean(field: string): string {
  return escaped(field, separator);
}
