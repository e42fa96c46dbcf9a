/** How a file is wrapped in OpenPGP. */
export type PgpForm = "armored" | "binary";

/** Packets that open an encrypted message (RFC 9580, 10.3.1): session keys, encrypted data, marker, padding. */
const openers = new Set([1, 3, 9, 10, 18, 20, 21]);
/** Packets that open an OpenPGP message that is not encrypted: signatures, compressed and literal data. */
const plainOpeners = new Set([2, 4, 8, 11]);

/**
 * Tells by the first bytes (32 are enough) whether a file is an encrypted OpenPGP message; undefined when it is none.
 * XML, zip and gzip never look like one: their first byte has bit 7 clear or is part of a byte order mark. A CSV may.
 */
export function sniffPgp(head: Uint8Array): PgpForm | undefined {
  if (isArmored(head)) return "armored";
  const tag = toTag(head[0]);
  return tag !== undefined && openers.has(tag) ? "binary" : undefined;
}

/**
 * Whether a file's first bytes are surely those of an encrypted OpenPGP message. Stricter than sniffPgp, which is told
 * that the file ought to be one: a CSV in UTF-8 whose first column begins with an accented letter has the first byte of one.
 */
export function isPgp(head: Uint8Array): boolean {
  const form = sniffPgp(head);
  return form === "armored" || (form === "binary" && hasKnownVersion(head));
}

/** Versions of session keys and encrypted data (RFC 9580, 5.1, 5.3, 5.13; 20 is LibrePGP's). The others have none. */
const versions: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [2, 3, 6]],
  [3, [4, 5, 6]],
  [18, [1, 2]],
  [20, [1]],
]);

function hasKnownVersion(head: Uint8Array): boolean {
  const [octet = 0, length = 0] = head;
  const known = versions.get(toTag(octet) ?? 0);
  if (known === undefined) return true;
  const isOld = (octet & 0x40) === 0;
  const newLength = length < 192 || (length >= 224 && length < 255) ? 1 : length === 255 ? 5 : 2;
  const taken = isOld ? [1, 2, 4, 0][octet & 3] : newLength;
  return known.includes(head[1 + (taken ?? 0)] ?? 0);
}

/** The tag of a packet header's first byte (RFC 9580, 4.2), or undefined when it is no packet header. */
export function toTag(octet: number | undefined): number | undefined {
  if (octet === undefined || (octet & 0x80) === 0) return undefined;
  return (octet & 0x40) === 0 ? (octet & 0x3f) >> 2 : octet & 0x3f;
}

/** Whether a packet of this tag carries content that is not encrypted. */
export function isPlainTag(tag: number): boolean {
  return plainOpeners.has(tag);
}

/** Whether a packet of this tag can open an encrypted message. */
export function isOpeningTag(tag: number): boolean {
  return openers.has(tag);
}

const armorLine = "-----BEGIN PGP MESSAGE-----";

function isArmored(head: Uint8Array): boolean {
  return toText(head).startsWith(armorLine);
}

/** Whether a file that ends after these bytes may have been going to be an armored message. */
export function isBegunArmor(head: Uint8Array): boolean {
  return armorLine.startsWith(toText(head).trimEnd());
}

function toText(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 256)).toString("latin1");
  return text.replace(/^\xef\xbb\xbf/, "").trimStart();
}
