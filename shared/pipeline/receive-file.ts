import { z } from "zod";
import { dropId, dropParts, fileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { SiteError, type SiteReason } from "../fetch/site-error.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import type { Log } from "../store/log.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { BrokenState } from "./broken-state.ts";
import { type FileState, fileState, isTerminal } from "./file-state.ts";
import { type KeepEvidenceDeps, keepEvidence, readKept } from "./keep-evidence.ts";
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
    return await putOff(deps, file, "changed-while-read", "The site replaced the file while it was read.");
  } catch (error) {
    const trouble = error instanceof SiteError ? ofOneFile[error.reason] : undefined;
    if (!(error instanceof SiteError) || trouble === undefined) throw error;
    return await putOff(deps, file, trouble.code, trouble.message ?? error.message);
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

/** Verifies a fetched file: `fetched -> verified | duplicate | rejected | incomplete`. */
export async function receiveFile(deps: ReceiveDeps, connector: Connector, file: FileState): Promise<FileState> {
  const verdict = await verifyFile(deps, connector, file);
  if (verdict.state === "verified") return await accept(deps, file, verdict);
  const { code, message, offset } = verdict.reason;
  if (verdict.state === "incomplete") return await putOff(deps, file, code, message);
  return await reject(deps, file, code, message, offset);
}

/** The claim comes before the state: of two files with one plaintext exactly one is counted, whoever dies in between. */
async function accept(
  deps: ReceiveDeps,
  file: FileState,
  { plaintext, dropFiles, besides, unclaimed }: Extract<Verdict, { state: "verified" }>,
): Promise<FileState> {
  const claim = paths.plaintext(file.feed, plaintext);
  const mine = { drop: file.drop, file: file.id };
  const created = await createDocument(deps.blobs, claim, firstSeen, mine, { writer: deps.writer });
  const first = created === "different" ? await readFirst(deps.blobs, claim) : undefined;
  if (first === undefined) {
    const items = dropFiles.reduce((sum, found) => sum + found.items, 0);
    deps.log.info("file.verified", { drop: file.drop, file: file.id, chatFiles: dropFiles.length, items, unclaimed });
    return await record(deps, file, { state: "verified", plaintext, dropFiles: [...dropFiles], besides, unclaimed });
  }
  const message = `The same content came before, as file ${first.id} of drop ${first.drop}; it is not counted again.`;
  deps.log.info("file.duplicate", { drop: file.drop, file: file.id, of: first.id });
  return await record(deps, file, { state: "duplicate", plaintext, reason: { code: "duplicate", message } });
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
export async function putOff(deps: ReceiveDeps, file: FileState, code: string, message: string): Promise<FileState> {
  const tries = file.tries + 1;
  if (tries >= deps.incompleteTries) {
    const last = `It was no different after ${tries} tries, so it is put aside. Ask the sender to deliver it again.`;
    return await reject(deps, { ...file, tries }, code, `${message} ${last}`);
  }
  deps.log.warn("file.incomplete", { drop: file.drop, file: file.id, reason: code, tries });
  const nextTryAt = deps.clock.now() + deps.incompleteWaitInMs;
  return await record(deps, file, { state: "incomplete", tries, nextTryAt, reason: { code, message } });
}

/** Puts a file aside, with its reason; its evidence stays, and a later reprocessing takes it up again. */
export async function reject(
  deps: Pick<ReceiveDeps, "blobs" | "log" | "writer">,
  file: FileState,
  code: string,
  message: string,
  offset?: number,
): Promise<FileState> {
  deps.log.error("file.rejected", { drop: file.drop, file: file.id, reason: code, offset });
  const reason = { code, message, ...(offset === undefined ? {} : { offset }) };
  return await record(deps, file, { state: "rejected", tries: file.tries, reason });
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
