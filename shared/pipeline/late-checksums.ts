import type { Connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { updateDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { ChecksumCheck, toChecksumOutcome } from "./compare-checksums.ts";
import { type FileState, fileState } from "./file-state.ts";
import { type OpenPlaintextDeps, openPlaintext } from "./open-plaintext.ts";
import { type SideFile, type TakeChecksumsDeps, takeChecksums } from "./take-checksums.ts";

/** What comparing a checksum that came late takes. */
export interface LateChecksumDeps extends OpenPlaintextDeps, TakeChecksumsDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
}

/**
 * Compares a verified file with a checksum that came after it. What is imported is imported, so one that does not fit is
 * noted and told, no more: an auditor has to be able to see it, and an admin to ask the sender.
 * @throws SiteError, and what decrypting throws
 */
export async function compareLate(
  deps: LateChecksumDeps,
  connector: Connector,
  file: FileState,
  sides: readonly SideFile[],
  signal: AbortSignal,
): Promise<void> {
  const taken = [...(await takeChecksums(deps, file, sides, signal))];
  const check = await ChecksumCheck.begin(deps.blobs, connector, { ...file, checksums: taken });
  if (check.isOpen) await comparePlaintext(deps, connector, file, check);
  const checksums = [...check.checksums];
  const path = paths.file(file.connector, file.siteDay, file.id);
  await updateDocument(deps.blobs, path, fileState, (now) => ({ ...now, checksums }), { writer: deps.writer });
  const outcome = toChecksumOutcome(checksums);
  const fields = { drop: file.drop, file: file.id, outcome };
  if (outcome === "mismatched") deps.log.error("checksum.late-mismatch", fields);
  else deps.log.info("checksum.compared-late", fields);
}

async function comparePlaintext(
  deps: LateChecksumDeps,
  connector: Connector,
  file: FileState,
  check: ChecksumCheck,
): Promise<void> {
  const hasher = check.hasher();
  for await (const piece of await openPlaintext(deps, connector, file)) hasher.update(piece);
  check.comparePlaintext(hasher.digests());
}
