import { hash } from "node:crypto";
import { folded, type ParsedItem } from "./chat-item.ts";
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
  const id = item.messageId === undefined ? `#${occurrence}` : marked("#", plain(item.messageId));
  const fields = [clean(rule), clean(feed), plain(item.conversationId), id, ...identity(item)];
  return importKey.parse(hash("sha256", toBytes(fields.join(separator)), "base64url"));
}

/** 64 bits that are equal for identical items: what `n` counts. Live and history are counted apart. */
export function toTupleFingerprint(item: ParsedItem): bigint {
  const fields = [item.isHistory ? "history" : "live", plain(item.conversationId), ...identity(item)];
  return hash("sha256", toBytes(fields.join(separator)), "buffer").readBigUInt64LE();
}

function identity(item: ParsedItem): string[] {
  const files = item.attachments.map(
    (file) => `${escaped(file.name.normalize("NFC"), between)}=${file.content?.sha256 ?? file.missing ?? ""}`,
  );
  return [
    item.kind,
    String(Math.floor(item.sentAt / 1000)),
    toSender(item.sender),
    toTextHash(item.text),
    clean(files.toSorted().join(between)),
  ];
}

/** The ImId; who has none is known by address, after an `@` that no ImId can begin with here. */
function toSender({ imId, email = "" }: ParsedItem["sender"]): string {
  return imId === undefined ? `@${clean(folded(email))}` : marked("@", clean(folded(imId)));
}

/** Of the text as the key sees it: NFC with LF line ends. */
function toTextHash(text: string): string {
  return hash("sha256", toBytes(text.normalize("NFC").replace(/\r\n?/g, "\n")), "hex");
}

/**
 * UTF-8. Half a surrogate pair keeps its number, in three bytes that are in no UTF-8: as the usual replacement character
 * all of them would be one, and with them two texts.
 */
function toBytes(text: string): string | Buffer {
  if (text.isWellFormed()) return text;
  const toBytesOf = (char: string): Buffer => {
    const code = char.charCodeAt(0);
    const half = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
    return Buffer.from(char.isWellFormed() ? Buffer.from(char) : half);
  };
  return Buffer.concat(Array.from(text, toBytesOf));
}

function plain(id: string): string {
  return clean(id.normalize("NFC"));
}

/** A separator inside a value would let two different items share a key, so it is escaped there. */
function escaped(value: string, inner: string): string {
  if (!value.includes("\\") && !value.includes(inner)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll(inner, `\\u${inner.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function clean(field: string): string {
  return escaped(field, separator);
}

/** Keeps a given value from being taken for one of ours that begins with the mark: `clean` never gives a lone backslash. */
function marked(mark: string, value: string): string {
  return value.startsWith(mark) ? `\\${value}` : value;
}
