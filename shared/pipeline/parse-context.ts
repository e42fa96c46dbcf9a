import { createHash } from "node:crypto";
import { type DropId, sha256Hex } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { toAttachmentIndex } from "../parse/attachments-beside.ts";
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

/** The connector's choices that decide how a file is read. */
export type ParseChoices = Pick<Connector, "timestampZone" | "fieldNames">;

/** What a parser of a drop's file is given: the connector's choices, and where attachments are found and kept. */
export function toParseContext(blobs: Blobs, choices: ParseChoices, file: FilePlace): ParseContext {
  const members = Object.entries(file.besides).map(([path, content]) => ({ path, content }));
  const attachmentAt = toAttachmentIndex(file.member ?? "", members);
  return {
    ...(choices.timestampZone === undefined ? {} : { zone: choices.timestampZone }),
    fieldNames: choices.fieldNames,
    limits: defaultParseLimits,
    attachmentAt: (path, userFileName) => {
      const found = attachmentAt(path, userFileName);
      if (found !== undefined) file.claimed?.add(found.blob);
      return found;
    },
    keepInline: (bytes) => keepInline(blobs, file.drop, bytes),
  };
}

async function keepInline(blobs: Blobs, drop: DropId, bytes: Uint8Array): Promise<StoredContent> {
  const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
  const blob = paths.attachment(drop, sha256);
  await blobs.create(blob, bytes);
  return { sha256, sizeInBytes: bytes.length, blob };
}
