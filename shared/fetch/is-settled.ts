import type { SiteEntry } from "./site.ts";

/**
 * Whether a file has stopped growing: two looks at it, some time apart, that show the same. A file of no bytes is never
 * settled, since senders create it before they write.
 */
export function isSettled(earlier: SiteEntry, later: SiteEntry): boolean {
  return later.sizeInBytes > 0 && earlier.sizeInBytes === later.sizeInBytes && earlier.modifiedAt === later.modifiedAt;
}
