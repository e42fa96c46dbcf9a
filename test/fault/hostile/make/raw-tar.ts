/** A header of a tar that may lie. What is not given is as it should be. */
export interface RawEntry {
  readonly name: string;
  readonly content?: Buffer;
  /** The type flag (POSIX.1-2017, pax, "ustar Header Block"). @default "0" */
  readonly type?: string;
  /** Size as the header tells it: octal digits, or anything else of at most 12 characters. */
  readonly size?: string;
  readonly linkName?: string;
  readonly checksum?: string;
  readonly magic?: string;
  /** The content is not filled up to whole blocks. */
  readonly isUnpadded?: boolean;
}

const block = 512;

/** Packs a tar, with its two closing blocks unless told otherwise. */
export function rawTar(entries: readonly RawEntry[], { closing = 2 }: { readonly closing?: number } = {}): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    const padding = entry.isUnpadded === true ? 0 : (block - (content.length % block)) % block;
    return [toHeader(entry, content), content, Buffer.alloc(padding)];
  });
  return Buffer.concat([...parts, Buffer.alloc(closing * block)]);
}

function toHeader(entry: RawEntry, content: Buffer): Buffer {
  const { name, type = "0", size = content.length.toString(8).padStart(11, "0"), linkName = "" } = entry;
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, 100);
  bytes.write("0000644", 100);
  bytes.write("0000000", 108);
  bytes.write("0000000", 116);
  bytes.write(size, 124, 12, "latin1");
  bytes.write("14723750000", 136);
  bytes.write("        ", 148);
  bytes.write(type, 156, 1, "latin1");
  bytes.write(linkName, 157, 100);
  bytes.write(entry.magic ?? "ustar\u000000", 257, "latin1");
  const sum = bytes.reduce((total, octet) => total + octet, 0);
  bytes.write(entry.checksum ?? `${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

/** A pax header: the extended attributes of the entry behind it. */
export function pax(attributes: Readonly<Record<string, string>>, type: "x" | "g" = "x"): RawEntry {
  const records = Object.entries(attributes).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (Buffer.byteLength(`${length}${rest}`) !== length) length += 1;
    return `${length}${rest}`;
  });
  return { name: "PaxHeaders/x", type, content: Buffer.from(records.join("")) };
}
