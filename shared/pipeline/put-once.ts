import type { BlobPath, Blobs } from "../store/blobs.ts";
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

/** A blob that is made deterministically is there with other content than ours. */
export class DifferentContent extends Error {
  override readonly name = "DifferentContent";
  readonly messageIsOurs = true;

  constructor(path: BlobPath) {
    super(
      `${path} is there with other content than this run made. If the app was upgraded meanwhile, reprocess the drop.`,
    );
  }
}
