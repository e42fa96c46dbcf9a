import { posix } from "node:path";
import { toGlob } from "./glob.ts";

/** Which of a folder's files belong to the feed. Patterns know `*`, `?` and `{a,b}`; case does not matter. */
export interface FilePatterns {
  /** @default `defaultInclude` */
  readonly include?: readonly string[] | undefined;
  /** Left out besides the side files. */
  readonly exclude?: readonly string[] | undefined;
}

/** Drop files as they are known: encrypted, plain, packed, and cut at a size (`.xml1`, `.xml2`). */
export const defaultInclude: readonly string[] = [
  "*.{pgp,gpg,asc}",
  "*.{xml,csv,jsonl}",
  "*.xml{0,1,2,3,4,5,6,7,8,9}*",
  "*.{zip,tgz,tar.gz}",
];

/** Files beside drop files: checksums and marks, never chats. Always left out, and dot files too. */
export const sideFiles: readonly string[] = [
  "*.{md5,sha1,sha256,sha512}",
  "*.{ok,done,ready,ctl,sig}",
  "*.{tmp,part,partial,filepart}",
];

/** Builds the test whether a path's file belongs to the feed; only its name counts, not its folder. */
export function toFileFilter(patterns: FilePatterns = {}): (path: string) => boolean {
  const include = (patterns.include ?? defaultInclude).map(toGlob);
  const exclude = [...sideFiles, ...(patterns.exclude ?? [])].map(toGlob);
  return (path) => {
    const name = posix.basename(path);
    if (name.startsWith(".")) return false;
    return include.some((fits) => fits(name)) && !exclude.some((fits) => fits(name));
  };
}
