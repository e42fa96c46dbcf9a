import { DecryptError } from "../decrypt/decrypt-error.ts";
import { ArchiveError } from "../expand/archive-error.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import type { DropFile, FileState, SideChecksum } from "./file-state.ts";
import { ParserFault } from "./scan-chat-file.ts";

/** What verifying a file came to. */
export type Verdict =
  | {
      readonly state: "verified";
      readonly plaintext: NonNullable<FileState["plaintext"]>;
      readonly dropFiles: readonly DropFile[];
      readonly besides: FileState["besides"];
      readonly unclaimed: number;
      readonly checksums?: readonly SideChecksum[];
    }
  | {
      readonly state: "rejected" | "incomplete";
      readonly reason: NonNullable<FileState["reason"]>;
      readonly checksums?: readonly SideChecksum[];
    };

/** The reason's code of a file that is not what the checksum beside it was made of. */
export const checksumMismatch = "checksum-mismatch";

const mismatchMessage =
  "The file is not what the checksum file beside it was made of: neither the file as received nor its plaintext fits. If the checksum file is what is wrong, set the connector's site.checksums to ignore and reprocess the drop.";

/** A file is not what the checksum beside it was made of. */
export class ChecksumMismatch extends Error {
  override readonly name = "ChecksumMismatch";
  readonly messageIsOurs = true;

  constructor() {
    super(mismatchMessage);
  }
}

/**
 * What a file that fits no checksum comes to, whatever else is wrong with it: it may still be being written, or have come
 * damaged, so it is looked for again before anything is final.
 */
export function toMismatch(besides: Verdict): Verdict {
  if (besides.state === "verified" || besides.reason.code === checksumMismatch) {
    return { state: "incomplete", reason: { code: checksumMismatch, message: mismatchMessage } };
  }
  const { message } = besides.reason;
  return {
    state: "incomplete",
    reason: { ...besides.reason, code: checksumMismatch, message: `${mismatchMessage} Besides: ${message}` },
  };
}

/** A file's evidence is no longer there: its retention has ended, or somebody has deleted it. */
export class MissingEvidence extends Error {
  override readonly name = "MissingEvidence";
  readonly messageIsOurs = true;

  constructor() {
    super(
      "The evidence of this file is no longer there, so it cannot be decrypted again. Ask the sender for the file.",
    );
  }
}

/** Reasons that lie in the connector's own keys: every file would meet them, so the fetch fails and none is rejected. */
const ownFaults = new Set(["passphrase-wrong", "key-unusable"]);

/**
 * What a fault in a file's content means for the file; undefined when the fault is not the file's (the vault, the store,
 * our own keys): then nothing is decided and the file is taken up again. Calling a passing fault "rejected" would put a
 * good file aside; calling damage "incomplete" would hold the whole drop back for nothing.
 */
export function toVerdict(fault: unknown): Verdict | undefined {
  if (fault instanceof UnparsableFile) {
    const state = fault.isTruncated ? "incomplete" : "rejected";
    return { state, reason: { code: fault.reason, message: fault.message, offset: fault.offset } };
  }
  if (fault instanceof ParserFault)
    return { state: "rejected", reason: { code: "parser-fault", message: fault.message } };
  if (fault instanceof ChecksumMismatch) {
    return { state: "incomplete", reason: { code: checksumMismatch, message: fault.message } };
  }
  if (fault instanceof MissingEvidence) {
    return { state: "rejected", reason: { code: "evidence-gone", message: fault.message } };
  }
  if (fault instanceof DecryptError && ownFaults.has(fault.reason)) return undefined;
  if (fault instanceof DecryptError || fault instanceof ArchiveError) {
    const state = fault.isIncomplete ? "incomplete" : "rejected";
    return { state, reason: { code: fault.reason, message: fault.message } };
  }
  return undefined;
}
