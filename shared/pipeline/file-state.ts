import * as z from "zod";
import { connectorName, dropId, feedId, fileId, sha256Hex, siteDay } from "../chat/identifiers.ts";
import type { BlobPath } from "../store/blobs.ts";

const blobPath = z.custom<BlobPath>((path) => typeof path === "string" && path.includes("/"));

/** One chat file found in a listed file: the file itself, or a member of an archive. */
export const dropFile = z.object({
  id: fileId,
  /** Name inside the archive; absent when the listed file is the chat file. For the report only. */
  member: z.string().optional(),
  profile: z.string(),
  /** The connector's choices that it was read with, so that the second reading finds what the first one counted. */
  timestampZone: z.string().optional(),
  fieldNames: z.record(z.string(), z.string()).default({}),
  sha256: sha256Hex,
  sizeInBytes: z.number(),
  items: z.number(),
  firstSentAt: z.number().optional(),
  lastSentAt: z.number().optional(),
});
/** One chat file found in a listed file. */
export type DropFile = z.infer<typeof dropFile>;

/** A checksum file that lies beside a file on the site, and what comparing the two came to. */
export const sideChecksum = z.object({
  path: z.string(),
  /** Where its text is kept; another version of it has another place. A text that is too long is not kept. */
  evidence: blobPath,
  algorithm: z.enum(["md5", "sha256"]).optional(),
  /** Lower-case hexadecimal; absent when the text has no checksum for the file. */
  digest: z.string().optional(),
  /** What it is the checksum of: the file as received, its plaintext, or neither. Absent while it was not compared. */
  found: z.enum(["received", "plaintext", "neither"]).optional(),
});
/** A checksum file beside a file. */
export type SideChecksum = z.infer<typeof sideChecksum>;

/**
 * A file of the SFTP site: `listed -> fetched -> verified | rejected | duplicate | incomplete (-> listed)`.
 * Kept as `state/file/{connector}/{siteDay}/{id}`; its being there means that this path, size and mtime was seen.
 */
export const fileState = z.object({
  v: z.literal(1),
  id: fileId,
  connector: connectorName,
  feed: feedId,
  drop: dropId,
  siteDay,
  path: z.string(),
  pathHash: z.string(),
  sizeInBytes: z.number(),
  modifiedAt: z.number(),
  /** The site tells another mtime at each look though the size stays: it cannot tell whether the file is being written. */
  isRestless: z.boolean().default(false),
  state: z.enum(["listed", "fetched", "verified", "rejected", "duplicate", "incomplete"]),
  evidence: blobPath,
  /** SHA-256 of the file as it was received. */
  sha256: sha256Hex.optional(),
  /** SHA-256 of the whole plaintext. */
  plaintext: sha256Hex.optional(),
  /** Why it was rejected, is a duplicate or is incomplete: a code, a sentence for the operator, a place in the file. */
  reason: z.object({ code: z.string(), message: z.string(), offset: z.number().optional() }).optional(),
  tries: z.number().default(0),
  /** When an incomplete file is tried again, ms since 1970. */
  nextTryAt: z.number().optional(),
  dropFiles: z.array(dropFile).default([]),
  /** An archive's files that are no chat files: path inside the archive -> where it lies. */
  besides: z.record(z.string(), z.object({ sha256: sha256Hex, sizeInBytes: z.number(), blob: z.string() })).default({}),
  /** How many of those no chat item names. */
  unclaimed: z.number().default(0),
  /** Checksum files beside it, in the order in which they were found. */
  checksums: z.array(sideChecksum).default([]),
});
/** A file of the SFTP site and what became of it. */
export type FileState = z.infer<typeof fileState>;

/** Whether nothing more will become of the file unless an admin acts. */
export function isTerminal(file: Pick<FileState, "state">): boolean {
  return file.state === "verified" || file.state === "rejected" || file.state === "duplicate";
}

/** Chat items that the file brings to its drop. */
export function itemsOf(file: FileState): number {
  return file.state === "verified" ? file.dropFiles.reduce((sum, { items }) => sum + items, 0) : 0;
}
