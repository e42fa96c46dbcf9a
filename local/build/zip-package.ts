import { buffer } from "node:stream/consumers";
import yazl from "yazl";
import type { PackageFile } from "./package-files.ts";

/** Read by everybody, written by the owner: the platform mounts the zip as it is. */
const mode = 0o100644;

/** The zip of these files in this order. The same files give the same bytes, so that a hash tells what is deployed. */
export async function zipPackage(files: readonly PackageFile[]): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { path, content } of files) {
    // DOS times are local times without a zone: of the same fields in every zone, and without the second, exact time field.
    zip.addBuffer(Buffer.from(content), path, {
      mtime: new Date(2000, 0, 1),
      mode,
      compressionLevel: 9,
      forceDosTimestamp: true,
    });
  }
  zip.end();
  return await buffer(zip.outputStream);
}
