import { posix } from "node:path";

/** A checksum that the sender put beside a file. */
export interface GivenChecksum {
  readonly algorithm: "md5" | "sha256";
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

const digits = { md5: 32, sha256: 64 } as const;

/** Names of the side files that may hold a checksum of this file: with the ending added, or in place of the last one. */
export function checksumPathsOf(path: string): readonly string[] {
  const stem = path.slice(0, path.length - posix.extname(path).length);
  return [path, stem].flatMap((base) => [".md5", ".sha256", ".MD5", ".SHA256"].map((ending) => base + ending));
}

/**
 * Reads a `.md5` or `.sha256` side file: a bare digest, `digest  name` as md5sum writes it (`*name`, several lines), or
 * `MD5 (name) = digest` as BSD does. Undefined when it holds no digest for this file: it then proves nothing.
 *
 * @param path of the file that the digest is for
 */
export function parseChecksum(sidePath: string, text: string, path: string): GivenChecksum | undefined {
  const algorithm = sidePath.toLowerCase().endsWith(".md5") ? "md5" : "sha256";
  const lines = text
    .slice(0, 65_536)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line) => parseLine(line.trim(), digits[algorithm]))
    .filter((line) => line !== undefined);
  const name = posix.basename(path);
  const found = lines.find((line) => line.name === name) ?? lines.find((line) => line.name === undefined);
  return found === undefined ? undefined : { algorithm, digest: found.digest };
}

function parseLine(line: string, length: number): { digest: string; name: string | undefined } | undefined {
  const gnu = /^\\?([0-9a-f]+)(?:\s+\*?(.+))?$/i.exec(line);
  const bsd = /^[A-Z0-9-]+ ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(line);
  const [digest, name] = bsd === null ? [gnu?.[1], gnu?.[2]] : [bsd[2], bsd[1]];
  if (digest === undefined || digest.length !== length) return undefined;
  return { digest: digest.toLowerCase(), name: name === undefined ? undefined : posix.basename(name) };
}
