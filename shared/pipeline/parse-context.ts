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

/** By its path relative to the chat file, else by its path in the archive, else by its bare name if only one has it. */
function findBeside(
  besides: FileState["besides"],
  member: string,
  path: string,
  userFileName: string | undefined,
): StoredContent | undefined {
  const folder = member.slice(0, member.lastIndexOf("/") + 1);
  const wanted = path
    .replaceAll("\\", "/")
    .replace(/^(\.?\/)+/, "")
    .normalize("NFC");
  const exact = besides[folder + wanted] ?? besides[wanted];
  if (exact !== undefined) return exact;
  for (const name of [baseName(wanted), userFileName === undefined ? undefined : baseName(userFileName)]) {
    const same = Object.entries(besides).filter(([beside]) => baseName(beside) === name?.normalize("NFC"));
    if (same.length === 1) return same[0]?.[1];
  }
  return undefined;
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

async function keepInline(blobs: Blobs, drop: DropId, bytes: Uint8Array): Promise<StoredContent> {
  const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
  const blob = paths.attachment(drop, sha256);
  await blobs.create(blob, bytes);
  return { sha256, sizeInBytes: bytes.length, blob };
}
