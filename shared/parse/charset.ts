import { UnparsableFile } from "./unparsable-file.ts";

/** How a text's bytes become characters, and how many bytes stand before the first one. */
export interface Charset {
  /** Label of the WHATWG Encoding Standard. */
  readonly label: string;
  /** Bytes of a character: one, two or four (UTF-16), one to four (UTF-8). */
  readonly width: "single-byte" | "utf-16" | "utf-8";
  readonly bomLength: number;
}

/** Bytes that sniffCharset wants to see, unless the file is shorter. */
export const sniffLength = 1024;

const utf8: Charset = { label: "utf-8", width: "utf-8", bomLength: 0 };
const utf16 = { le: "utf-16le", be: "utf-16be" } as const;

/**
 * The charset of a file that begins so: the byte order mark, else the pattern of zero bytes, else the XML declaration,
 * else UTF-8 (XML 1.0 appendix F). A declaration of UTF-16 in a file of single bytes is ignored: some writers copy it
 * from memory, and the UTF-8 decoder is strict enough to refuse what is not UTF-8.
 * @throws UnparsableFile `unsupported-charset`
 */
export function sniffCharset(head: Uint8Array): Charset {
  const [a, b, c, d] = head;
  if (isUtf32(a, b, c, d) || isUnmarkedUtf32(head)) throw unsupported("UTF-32");
  if (a === 0xef && b === 0xbb && c === 0xbf) return { ...utf8, bomLength: 3 };
  if (a === 0xff && b === 0xfe) return { label: utf16.le, width: "utf-16", bomLength: 2 };
  if (a === 0xfe && b === 0xff) return { label: utf16.be, width: "utf-16", bomLength: 2 };
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return { label: utf16.le, width: "utf-16", bomLength: 0 };
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return { label: utf16.be, width: "utf-16", bomLength: 0 };
  return declaredCharset(Buffer.from(head.subarray(0, sniffLength)).toString("latin1"));
}

function isUtf32(a?: number, b?: number, c?: number, d?: number): boolean {
  return (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff);
}

/** Two characters of ASCII, each in four bytes. */
function isUnmarkedUtf32(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.subarray(0, 8)).toString("hex");
  return /^(0000007[0-9a-e]|000000[2-6][0-9a-f]){2}$|^((7[0-9a-e]|[2-6][0-9a-f])000000){2}$/.test(bytes);
}

const declaration = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;
const singleByte = /^((windows-|cp)125[0-8]|iso-8859-([1-9]|10|13|14|15|16)|latin1)$/;

function declaredCharset(head: string): Charset {
  const name = declaration.exec(head)?.[1]?.toLowerCase();
  if (name === undefined || /^(utf-?8|us-ascii|ascii|utf-?16(le|be)?)$/.test(name)) return utf8;
  if (singleByte.test(name)) return { label: name, width: "single-byte", bomLength: 0 };
  throw unsupported("the encoding that the XML declaration names");
}

function unsupported(what: string): UnparsableFile {
  return new UnparsableFile(
    "unsupported-charset",
    { offset: 0, path: "" },
    `${what} is not supported; ask for the export in UTF-8`,
  );
}

/** Bytes of `text` in this charset. */
export function encodedLength(text: string, charset: Charset): number {
  if (charset.width === "utf-8") return Buffer.byteLength(text);
  return charset.width === "utf-16" ? text.length * 2 : text.length;
}

/** How many of these bytes make up whole characters; the rest (at most 3) waits for the next piece. */
export function wholeCharacters(bytes: Uint8Array, charset: Charset): number {
  if (charset.width === "single-byte") return bytes.length;
  return charset.width === "utf-16" ? wholeUtf16(bytes, charset.label === utf16.be) : wholeUtf8(bytes);
}

function wholeUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte > 0xf4 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function wholeUtf16(bytes: Uint8Array, isBigEndian: boolean): number {
  const even = bytes.length - (bytes.length % 2);
  const high = bytes[isBigEndian ? even - 2 : even - 1] ?? 0;
  return even > 0 && (high & 0xfc) === 0xd8 ? even - 2 : even;
}
