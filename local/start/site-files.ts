import { createWriteStream } from "node:fs";
import { mkdir, rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Puts a file on the local site the way a careful sender does: under a name that nobody fetches, then renamed, with its
 * time of modification (ms since 1970).
 */
export async function putOnSite(
  site: string,
  name: string,
  modifiedAt: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  await mkdir(site, { recursive: true });
  const part = join(site, `.${name}.part`);
  await pipeline(Readable.from(bytes), createWriteStream(part));
  await utimes(part, modifiedAt / 1000, modifiedAt / 1000);
  await rename(part, join(site, name));
}
