import { createHash } from "node:crypto";
import { type DropId, sha256Hex } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { defaultParseLimits } from "../parse/parse-limits.ts";
import type { ParseContext, StoredContent } from "../parse/profile.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import type { FileState } from "./file-state.ts";

/** Where a chat file lies, and what lies beside it. */
export interface FilePlace {
  readonly drop: DropId;
  readonly member?: string | undefined;
  readonly besides: FileState["besides"];
  /** Takes the blobs of the files beside that the chat file names. */
  readonly claimed?: Set<string> | undefined;
}

/** What a parser of a drop's file is given: the connector's choices, and where attachments are found and kept. */
export function toParseContext(blobs: Blobs, connector: Connector, file: FilePlace): ParseContext {
  return {
    ...(connector.timestampZone === undefined ? {} : { zone: connector.timestampZone }),
    fieldNames: connector.fieldNames,
    limits: defaultParseLimits,
    attachmentAt: (path, userFileName) => {
      const found = findBeside(file.besides, file.member ?? "", path, userFileName);
      if (found !== undefined) file.claimed?.add(found.blob);
      return found;
    },
    keepInline: (bytes) => keepInline(blobs, file.drop, bytes),
  };
}

/**
 * By its path relative to the chat file, else by its path in the archive, else by the end of its path where just one file
 * fits: exports name the sender's own absolute paths, and archives are packed flat. A bare name never stands for a longer
 * path that differs in its folders: two files of one name would be taken for each other.
 */
function findBeside(
  besides: FileState["besides"],
  member: string,
  path: string,
  userFileName: string | undefined,
): StoredContent | undefined {
  const folder = member.slice(0, member.lastIndexOf("/") + 1);
  const wanted = toSegments(path);
  const exact = besides[folder + wanted.join("/")] ?? besides[wanted.join("/")];
  if (exact !== undefined) return exact;
  const alike = Object.entries(besides).filter(([beside]) => endAlike(toSegments(beside), wanted));
  if (alike.length === 1) return alike[0]?.[1];
  const shown = userFileName === undefined ? [] : toSegments(userFileName).slice(-1);
  return shown.length === 0 || alike.length > 0 ? undefined : besides[folder + shown.join("")];
}

function toSegments(path: string): string[] {
  return path
    .normalize("NFC")
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".");
}

/** Whether the shorter path is the end of the longer one. */
function endAlike(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  return length > 0 && one.slice(-length).join("/") === other.slice(-length).join("/");
}

async function keepInline(blobs: Blobs, drop: DropId, bytes: Uint8Array): Promise<StoredContent> {
  const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
  const blob = paths.attachment(drop, sha256);
  await blobs.create(blob, bytes);
  return { sha256, sizeInBytes: bytes.length, blob };
}
