import type { BlobPath, Blobs, BlobWriter, WriteOptions } from "../store/blobs.ts";
import { holdSameBytes } from "../store/lines.ts";

/**
 * Writes a deterministic gzip that may have been written before. Other lines under the same name would mean that the same
 * input gave two outputs; going on with either could lose or double items, so that stops the stage, loudly.
 */
export async function putOnce(blobs: Pick<Blobs, "create" | "read">, path: BlobPath, gzip: Uint8Array): Promise<void> {
  if ((await blobs.create(path, gzip)) !== "different") return;
  const existing = await blobs.read(path);
  if (existing === undefined || !holdSameBytes(existing.bytes, gzip)) throw new DifferentContent(path);
}

/**
 * Commits what is made out of evidence, and so is the same each time. Nothing is removed beforehand: a process that was
 * frozen while another one was done would take away what the drop goes on with. Other content is what an attempt under
 * other settings left; it goes, and the next try finds the place free.
 * @throws DifferentContent
 */
export async function commitOnce(
  blobs: Pick<Blobs, "remove">,
  writer: BlobWriter,
  path: BlobPath,
  options: WriteOptions = {},
): Promise<void> {
  if ((await writer.commit(options)) !== "different") return;
  await blobs.remove(path);
  throw new DifferentContent(path);
}

/** A blob that is made deterministically is there with other content than ours. */
export class DifferentContent extends Error {
  override readonly name = "DifferentContent";
  readonly messageIsOurs = true;

  constructor(path: BlobPath) {
    super(
      `${path} is there with other content than this run made. If the app was upgraded meanwhile, restart the drop: it is then read again from its evidence.`,
    );
  }
}
