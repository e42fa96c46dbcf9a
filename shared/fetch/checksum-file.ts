import { posix } from "node:path";

/** A checksum that the sender put beside a file. */
export interface GivenChecksum {
  readonly algorithm: "md5" | "sha256";
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** A longer side file is no checksum. */
export const mostChecksumBytes = 65_536;

const digits = { md5: 32, sha256: 64 } as const;
const endings = [".md5", ".sha256", ".MD5", ".SHA256"] as const;

/** Whether a path names a checksum file by its ending. */
export function isChecksumFile(path: string): boolean {
  return endings.some((ending) => path.endsWith(ending));
}

/** Names of the side files that may hold a checksum of this file: with the ending added, or in place of the last one. */
export function checksumPathsOf(path: string): readonly string[] {
  return [path, stemOf(path)].flatMap((base) => endings.map((ending) => base + ending));
}

/** A path without its last ending: what an encrypted file is called once it is decrypted. */
export function stemOf(path: string): string {
  return path.slice(0, path.length - posix.extname(path).length);
}

/**
 * Reads a `.md5` or `.sha256` side file: a bare digest, `digest  name` as md5sum writes it (`*name`, several lines),
 * `MD5 (name) = digest` as BSD does, or the table of Windows. The name is the file's, or the one it has once decrypted.
 * Undefined when it holds no digest for this file: it then proves nothing.
 *
 * @param path of the file that the digest is for
 * @param isShared other files could mean the side file as well: then a digest without a name is nobody's
 */
export function parseChecksum(
  sidePath: string,
  bytes: Uint8Array,
  path: string,
  isShared = false,
): GivenChecksum | undefined {
  const algorithm = sidePath.toLowerCase().endsWith(".md5") ? "md5" : "sha256";
  const lines = toText(bytes)
    .split(/\r?\n/)
    .map((line) => parseLine(line.trim(), digits[algorithm]))
    .filter((line) => line !== undefined);
  const names = [posix.basename(path), posix.basename(stemOf(path)), ...(isShared ? [] : [undefined])];
  const found = names.flatMap((name) => lines.find((line) => line.name === name) ?? [])[0];
  return found === undefined ? undefined : { algorithm, digest: found.digest };
}

/** PowerShell writes UTF-16 with a byte order mark; all others write what is ASCII where it matters. */
function toText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, mostChecksumBytes));
  const isWide = text[0] === 0xff && text[1] === 0xfe;
  return text.toString(isWide ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
}

function parseLine(line: string, length: number): { digest: string; name: string | undefined } | undefined {
  const gnu = /^\\?([0-9a-f]+)(?:\s+\*?(.+))?$/i.exec(line);
  const bsd = /^[A-Z0-9-]+ ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(line);
  const windows = /^[A-Z0-9]+\s+([0-9a-f]+)\s+(.+)$/i.exec(line);
  const found = [gnu?.slice(1), bsd?.slice(1).toReversed(), windows?.slice(1)].find(
    (two) => two?.[0]?.length === length,
  );
  const [digest, name] = found ?? [];
  if (digest === undefined) return undefined;
  return { digest: digest.toLowerCase(), name: name?.split(/[\\/]/).at(-1) };
}
