import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readdir, rename, stat, utimes } from "node:fs/promises";
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

/** Copies the files of a folder that the site does not have yet, as they are. @returns how many were new */
export async function copyToSite(folder: string, site: string): Promise<number> {
  await mkdir(site, { recursive: true });
  let copied = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const from = join(folder, entry.name);
    const { size, mtimeMs, mtime, atime } = await stat(from);
    const there = await stat(join(site, entry.name)).catch(() => undefined);
    const isThere = there?.size === size && Math.floor(there.mtimeMs / 1000) === Math.floor(mtimeMs / 1000);
    if (!(await stat(from)).isFile() || isThere) continue;
    const part = join(site, `.${entry.name}.part`);
    await copyFile(from, part);
    await utimes(part, atime, mtime);
    await rename(part, join(site, entry.name));
    copied += 1;
  }
  return copied;
}
