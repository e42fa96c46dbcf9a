import * as z from "zod";
import { dropId, dropParts, fileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { SiteError, type SiteReason } from "../fetch/site-error.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { BrokenState } from "./broken-state.ts";
import { type FileState, fileState, isTerminal } from "./file-state.ts";
import { type KeepEvidenceDeps, keepEvidence, readKept } from "./keep-evidence.ts";
import { hasNoted, type SideFile, takeChecksums } from "./take-checksums.ts";
import type { Verdict } from "./verdict.ts";
import { type VerifyDeps, verifyFile } from "./verify-file.ts";

/** What recording a file's states takes. */
export interface ReceiveDeps extends VerifyDeps {
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
  /** How often, and after what wait, an incomplete file is looked for again before it is rejected. */
  readonly incompleteTries: number;
  readonly incompleteWaitInMs: number;
}

type Reason = NonNullable<FileState["reason"]>;
/** What is noted along with a state. */
type Noted = Partial<Pick<FileState, "checksums">>;

/** `state/plaintext/...`: which file had a plaintext first. */
const firstSeen = z.object({ drop: dropId, file: fileId });

/** What to tell of a file that the site does not give as it was listed; what is not here is a fault of the site as a whole. */
const ofOneFile: Partial<Record<SiteReason, { readonly code: string; readonly message?: string }>> = {
  "file-shrank": { code: "changed-while-read", message: "The file's size changed while it was read." },
  "file-grew": { code: "changed-while-read", message: "The file's size changed while it was read." },
  "no-such-file": { code: "gone-from-site", message: "The file was listed and is no longer on the site." },
  "permission-denied": { code: "permission-denied" },
  unknown: { code: "not-readable" },
};

/** What is wrong with one file; undefined when the site as a whole fails, or something else. */
function toTrouble(error: unknown): Reason | undefined {
  const trouble = error instanceof SiteError ? ofOneFile[error.reason] : undefined;
  return trouble === undefined || !(error instanceof SiteError) ? undefined : { message: error.message, ...trouble };
}

/**
 * Downloads a listed file to evidence: `listed -> fetched`, or `incomplete` when the site does not give this one file, so
 * that the next fetch looks for it, or for its successor, again.
 * @throws SiteError when the site as a whole fails
 */
export async function fetchFile(
  deps: ReceiveDeps & KeepEvidenceDeps,
  file: FileState,
  signal: AbortSignal,
): Promise<FileState> {
  try {
    const kept = await keepEvidence(deps, file, signal);
    if (kept.outcome === "kept") {
      deps.log.info("file.fetched", {
        drop: file.drop,
        file: file.id,
        sizeInBytes: file.sizeInBytes,
        sha256: kept.sha256,
      });
      return await record(deps, file, { state: "fetched", sha256: kept.sha256 });
    }
    const message = "The site replaced the file while it was read.";
    return await putOff(deps, file, { code: "changed-while-read", message });
  } catch (error) {
    const trouble = toTrouble(error);
    if (trouble === undefined) throw error;
    return await putOff(deps, file, trouble);
  }
}

/**
 * Takes up evidence that came whole before a process died in the middle: whatever the site has by now, a file of which we
 * hold every byte is not lost.
 */
export async function takeUpEvidence(
  deps: Pick<ReceiveDeps, "blobs" | "log" | "writer">,
  file: FileState,
): Promise<FileState> {
  if (isTerminal(file) || file.sha256 !== undefined) return file;
  const sha256 = await readKept(deps.blobs, file);
  return sha256 === undefined ? file : await record(deps, file, { state: "fetched", sha256 });
}

/**
 * Notes the checksum files beside a file that is not done. One that cannot be read now is looked for at the next fetch.
 * @throws SiteError when the site as a whole fails
 */
export async function noteChecksums(
  deps: ReceiveDeps & KeepEvidenceDeps,
  file: FileState,
  sides: readonly SideFile[],
  signal: AbortSignal,
): Promise<FileState> {
  if (isTerminal(file) || hasNoted(file, sides)) return file;
  try {
    return await record(deps, file, { checksums: [...(await takeChecksums(deps, file, sides, signal))] });
  } catch (error) {
    const trouble = toTrouble(error);
    if (trouble === undefined) throw error;
    deps.log.warn("checksum.not-readable", { drop: file.drop, file: file.id, reason: trouble.code });
    return file;
  }
}

/**
 * Reads a file once more that is not what its checksum was made of: it may have been read while it was written, or have
 * come damaged. Other bytes take the place of the first ones, which stay in evidence.
 * @throws SiteError when the site as a whole fails
 */
export async function rereadFile(
  deps: ReceiveDeps & KeepEvidenceDeps,
  file: FileState,
  signal: AbortSignal,
): Promise<FileState> {
  const { sha256: first, ...anew } = file;
  const evidence: BlobPath = `${file.evidence}-${file.tries}`;
  try {
    const kept = await keepEvidence(deps, { ...anew, evidence }, signal, first);
    if (kept.outcome === "changed" || kept.sha256 === first) return file;
    deps.log.warn("file.reread", { drop: file.drop, file: file.id, sha256: kept.sha256 });
    return await record(deps, file, { state: "fetched", evidence, sha256: kept.sha256 });
  } catch (error) {
    // What is there already is compared once more, and tells.
    if (toTrouble(error) === undefined) throw error;
    return file;
  }
}

/** Verifies a fetched file: `fetched -> verified | duplicate | rejected | incomplete`. */
export async function receiveFile(deps: ReceiveDeps, connector: Connector, file: FileState): Promise<FileState> {
  const verdict = await verifyFile(deps, connector, file);
  const noted = { checksums: [...(verdict.checksums ?? file.checksums)] };
  if (verdict.state === "verified") return await accept(deps, file, verdict, noted);
  if (verdict.state === "incomplete") return await putOff(deps, file, verdict.reason, noted);
  return await reject(deps, file, verdict.reason, noted);
}

/** The claim comes before the state: of two files with one plaintext exactly one is counted, whoever dies in between. */
async function accept(
  deps: ReceiveDeps,
  file: FileState,
  { plaintext, dropFiles, besides, unclaimed }: Extract<Verdict, { state: "verified" }>,
  noted: Noted,
): Promise<FileState> {
  const claim = paths.plaintext(file.feed, plaintext);
  const mine = { drop: file.drop, file: file.id };
  const created = await createDocument(deps.blobs, claim, firstSeen, mine, { writer: deps.writer });
  const first = created === "different" ? await readFirst(deps.blobs, claim) : undefined;
  if (first === undefined) {
    const items = dropFiles.reduce((sum, found) => sum + found.items, 0);
    deps.log.info("file.verified", { drop: file.drop, file: file.id, chatFiles: dropFiles.length, items, unclaimed });
    const found = { plaintext, dropFiles: [...dropFiles], besides, unclaimed };
    return await record(deps, file, { state: "verified", ...found, ...noted });
  }
  const message = `The same content came before, as file ${first.id} of drop ${first.drop}; it is not counted again.`;
  deps.log.info("file.duplicate", { drop: file.drop, file: file.id, of: first.id });
  return await record(deps, file, { state: "duplicate", plaintext, reason: { code: "duplicate", message }, ...noted });
}

/**
 * The file that had a plaintext first. Undefined when it was put aside since: it imports nothing, so the later one has to
 * be counted. One that has claimed and is not recorded yet will be.
 */
async function readFirst(blobs: Blobs, claim: BlobPath): Promise<FileState | undefined> {
  const named = (await readDocument(blobs, claim, firstSeen))?.value;
  if (named === undefined) return undefined;
  const { connector, siteDay } = dropParts(named.drop);
  const first = (await readDocument(blobs, paths.file(connector, siteDay, named.file), fileState))?.value;
  return first?.state === "rejected" ? undefined : first;
}

/** The file may still be arriving: the next fetch looks for its successor. After some tries it is rejected, and kept. */
export async function putOff(deps: ReceiveDeps, file: FileState, why: Reason, noted: Noted = {}): Promise<FileState> {
  const tries = file.tries + 1;
  if (tries >= deps.incompleteTries) {
    const last = `It was no different after ${tries} tries, so it is put aside. Ask the sender to deliver it again.`;
    return await reject(deps, { ...file, tries }, { ...why, message: `${why.message} ${last}` }, noted);
  }
  deps.log.warn("file.incomplete", { drop: file.drop, file: file.id, reason: why.code, tries });
  const nextTryAt = deps.clock.now() + deps.incompleteWaitInMs;
  return await record(deps, file, { state: "incomplete", tries, nextTryAt, reason: why, ...noted });
}

/** Puts a file aside, with its reason; its evidence stays, and a later reprocessing takes it up again. */
export async function reject(
  deps: Pick<ReceiveDeps, "blobs" | "log" | "writer">,
  file: FileState,
  why: Reason,
  noted: Noted = {},
): Promise<FileState> {
  deps.log.error("file.rejected", { drop: file.drop, file: file.id, reason: why.code, offset: why.offset });
  return await record(deps, file, { state: "rejected", tries: file.tries, reason: why, ...noted });
}

/**
 * Changes a file's record, unless nothing more is to become of it: a process that was frozen while another one verified
 * the file must not take it back.
 */
async function record(
  deps: Pick<ReceiveDeps, "blobs" | "writer">,
  file: FileState,
  change: Partial<FileState>,
): Promise<FileState> {
  const path = paths.file(file.connector, file.siteDay, file.id);
  // Why it was put off before is no longer so.
  const next = ({ reason: _reason, nextTryAt: _next, ...now }: FileState): FileState | undefined =>
    isTerminal(now) ? undefined : { ...now, ...change };
  const written =
    (await updateDocument(deps.blobs, path, fileState, next, { writer: deps.writer })) ??
    (await readDocument(deps.blobs, path, fileState))?.value;
  if (written === undefined)
    throw new BrokenState(`The record of file ${file.id} of drop ${file.drop} is gone from state/file.`);
  return written;
}
