import { copyFile, mkdir, readdir, rename, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Brings the files of a folder to the local site. */
export interface FolderFeed {
  /** Copies what is new and no longer changes. @returns how many files were brought */
  bring(): Promise<number>;
}

interface Look {
  readonly size: number;
  readonly mtimeMs: number;
}

/** A file that was last written so long ago counts as whole at the first look. */
const restInMs = 2_000;

/**
 * Copies a folder's files to the site, with their times. A file that is just being written is left for later: its copy
 * would look whole to the site, and half of it would be fetched.
 */
export function feedFolder(folder: string, site: string, now: () => number): FolderFeed {
  const seen = new Map<string, Look>();
  return {
    async bring() {
      await mkdir(site, { recursive: true });
      let brought = 0;
      for (const name of await readdir(folder)) {
        const look = await lookAt(join(folder, name));
        if (look === undefined || isSame(await lookAt(join(site, name)), look)) continue;
        const isWhole = isSame(seen.get(name), look) || now() - look.mtimeMs >= restInMs;
        seen.set(name, look);
        if (!isWhole) continue;
        await copy(join(folder, name), site, name, look);
        brought += 1;
      }
      return brought;
    },
  };
}

/** Undefined for what is no file, and for one that was taken away meanwhile. */
async function lookAt(path: string): Promise<Look | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  return found?.isFile() === true ? { size: found.size, mtimeMs: found.mtimeMs } : undefined;
}

/** Sites know whole seconds only, and file systems round as they like. */
function isSame(a: Look | undefined, b: Look): boolean {
  return a !== undefined && a.size === b.size && Math.floor(a.mtimeMs / 1000) === Math.floor(b.mtimeMs / 1000);
}

async function copy(from: string, site: string, name: string, { mtimeMs }: Look): Promise<void> {
  const part = join(site, `.${name}.part`);
  await copyFile(from, part);
  await utimes(part, mtimeMs / 1000, mtimeMs / 1000);
  await rename(part, join(site, name));
}
