import { createHash } from "node:crypto";
import { type Sha256Hex, sha256Hex } from "../chat/identifiers.ts";
import type { Site } from "../fetch/site.ts";
import type { Blobs } from "../store/blobs.ts";
import { BrokenState } from "./broken-state.ts";
import type { FileState } from "./file-state.ts";

/** What keeping evidence takes. */
export interface KeepEvidenceDeps {
  readonly site: Pick<Site, "read" | "stat">;
  readonly blobs: Blobs;
}

/** What became of a download. */
export type Kept =
  | { readonly outcome: "kept"; readonly sha256: Sha256Hex }
  /** The site's file is no longer the one that was listed: what came is not kept; the new one is listed by itself. */
  | { readonly outcome: "changed" };

/**
 * Streams a listed file to `evidence`, as received and create-only, and looks once more at the site afterwards: a file
 * that was replaced while it was read would be a mixture of two. Where the site's times say nothing, reading the file
 * again has to give the same.
 * @param known bytes with this hash are kept already: they are not kept once more
 * @throws SiteError when the site fails; nothing is kept then
 */
export async function keepEvidence(
  deps: KeepEvidenceDeps,
  file: FileState,
  signal: AbortSignal,
  known?: Sha256Hex,
): Promise<Kept> {
  const kept = await readKept(deps.blobs, file);
  if (kept !== undefined) return { outcome: "kept", sha256: kept };
  const hash = createHash("sha256");
  const writer = deps.blobs.writer(file.evidence);
  try {
    for await (const piece of deps.site.read(file.path, file.sizeInBytes, signal)) {
      hash.update(piece);
      await writer.write(piece);
    }
    const sha256 = sha256Hex.parse(hash.digest("hex"));
    if (await isChanged(deps.site, file, sha256, signal)) {
      await writer.abort();
      return { outcome: "changed" };
    }
    if (sha256 === known) {
      await writer.abort();
      return { outcome: "kept", sha256 };
    }
    if ((await writer.commit({ metadata: { sha256 } })) !== "different") return { outcome: "kept", sha256 };
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const theirs = await readKept(deps.blobs, file);
  if (theirs === undefined) throw new BrokenState(`The evidence of file ${file.id} was there and is gone.`);
  return { outcome: "kept", sha256: theirs };
}

async function isChanged(
  site: KeepEvidenceDeps["site"],
  file: FileState,
  sha256: Sha256Hex,
  signal: AbortSignal,
): Promise<boolean> {
  const now = await site.stat(file.path, signal);
  if (now.sizeInBytes !== file.sizeInBytes) return true;
  if (!file.isRestless) return now.modifiedAt !== file.modifiedAt;
  return (await hashOf(site.read(file.path, file.sizeInBytes, signal))) !== sha256;
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<Sha256Hex> {
  const hash = createHash("sha256");
  for await (const piece of bytes) hash.update(piece);
  return sha256Hex.parse(hash.digest("hex"));
}

/**
 * SHA-256 of a file's evidence; undefined when there is none. The evidence counts as it is: its hash is computed again,
 * because the record that named it may never have been written.
 */
export async function readKept(blobs: Blobs, file: FileState): Promise<Sha256Hex | undefined> {
  if ((await blobs.head(file.evidence)) === undefined) return undefined;
  if (file.sha256 !== undefined) return file.sha256;
  const evidence = await blobs.stream(file.evidence);
  return evidence === undefined ? undefined : await hashOf(evidence);
}
