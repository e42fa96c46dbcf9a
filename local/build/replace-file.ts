import { rename, writeFile } from "node:fs/promises";

/** Writes a file whole or not at all: another process may be reading what was there, or writing the same. */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.new`;
  await writeFile(part, contents);
  await rename(part, path);
}

/** Whether a name is that of a file that somebody is still writing. */
export function isPart(name: string): boolean {
  return /\.\d+\.new$/.test(name);
}
