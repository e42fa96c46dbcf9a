import * as z from "zod";
import type { BlobPath } from "../store/blobs.ts";
import { DocumentFault } from "../store/state-document.ts";
import { BrokenState } from "./broken-state.ts";

/** A record of storage that cannot be read: which, and why in words of ours. */
export interface Unreadable {
  readonly record: string;
  readonly problem: string;
}

/**
 * What is wrong with a record, told from the error that reading it threw; undefined when the error says nothing of the
 * record but of storage: that one must be thrown on, or a network fault would look like a broken drop.
 */
export function toUnreadable(path: BlobPath, error: unknown): Unreadable | undefined {
  if (error instanceof DocumentFault) return { record: error.path, problem: error.message };
  if (error instanceof BrokenState) return { record: path, problem: error.message };
  // Their messages can quote what is in the record.
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return { record: path, problem: `${path} does not have the form that it should have.` };
  if (isGzipFault(error)) return { record: path, problem: `${path} is cut off or damaged.` };
  return undefined;
}

/** https://nodejs.org/api/zlib.html#constants */
function isGzipFault(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && /^Z_[A-Z]+_ERROR$/.test(error.code)
  );
}
