import { isDeepStrictEqual } from "node:util";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import {
  type DocumentSchema,
  readDocument,
  type StoredDocument,
  updateDocument,
  type WriterOptions,
} from "../store/state-document.ts";
import { ApiProblem, preconditionFailed } from "./problem.ts";

/** An ETag without its marks: storage writes it in quotation marks, and a front end that compresses makes it a weak one. */
export function toVersion(etag: string): string {
  return etag.trim().replace(/^W\//, "").replaceAll('"', "");
}

/**
 * Lets a change through that was made in sight of the newest version; "*" is any version.
 * @throws ApiProblem: 428 when the caller names none, 412 when it is another one
 */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) {
    throw new ApiProblem("version-missing", "Send the header If-Match with the ETag that you read.");
  }
  if (ifMatch !== "*" && toVersion(ifMatch) !== toVersion(etag)) throw preconditionFailed();
}

/** What changing a document takes. */
export interface ChangeDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace">;
  readonly writer: string;
}

/**
 * Changes a state document as the caller saw it: 412 when it has been changed since, also when that happens between our
 * look and our write. Resolves to the document as it is then; to undefined when there is none.
 * @param change must be pure; it may throw ApiProblem
 */
export async function changeMatching<T>(
  { blobs, writer }: ChangeDeps,
  document: { readonly path: BlobPath; readonly schema: DocumentSchema<T> },
  ifMatch: string | undefined,
  change: (value: T) => T,
  options: Omit<WriterOptions, "writer"> = {},
): Promise<StoredDocument<T> | undefined> {
  const { path, schema } = document;
  const seen = await readDocument(blobs, path, schema);
  if (seen === undefined) return undefined;
  requireMatch(ifMatch, seen.etag);
  const ifUnchanged = (value: T): T => {
    if (!isDeepStrictEqual(value, seen.value)) throw preconditionFailed();
    return change(value);
  };
  await updateDocument(blobs, path, schema, ifUnchanged, { writer, ...options });
  return await readDocument(blobs, path, schema);
}
