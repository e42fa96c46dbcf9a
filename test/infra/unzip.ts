import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import type { PackageFile } from "../../local/build/package-files.ts";

/** All files of a zip. */
export async function unzip(zip: Buffer): Promise<PackageFile[]> {
  const archive = await fromBufferPromise(zip, { lazyEntries: true });
  const files: PackageFile[] = [];
  for await (const entry of archive.eachEntry()) {
    files.push({ path: entry.fileName, content: await buffer(await archive.openReadStreamPromise(entry)) });
  }
  return files;
}
