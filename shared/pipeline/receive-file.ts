import { z } from "zod";
import { dropId, fileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { SiteError } from "../fetch/site-error.ts";
import type { Log } from "../store/log.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../store/state-document.ts";
import { BrokenState } from "./broken-state.ts";
import { type FileState, fileState } from "./file-state.ts";
import { type KeepEvidenceDeps, keepEvidence } from "./keep-evidence.ts";
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

/** Downloads a listed file to evidence: `listed -> fetched`, or rejected when the site replaced or took it away meanwhile. */
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
    return await reject(
      deps,
      file,
      "changed-while-read",
      "The site replaced the file while it was read; the new one is listed by itself.",
    );
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    if (error.reason === "file-shrank" || error.reason === "file-grew") {
      return await reject(
        deps,
        file,
        "changed-while-read",
        "The file's size changed while it was read; the new one is listed by itself.",
      );
    }
    if (error.reason === "no-such-file") {
      return await putOff(deps, file, "gone-from-site", "The file was listed and is no longer on the site.");
    }
    throw error;
  }
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
  if ((await createDocument(deps.blobs, claim, firstSeen, mine, { writer: deps.writer })) !== "different") {
    const items = dropFiles.reduce((sum, found) => sum + found.items, 0);
    deps.log.info("file.verified", { drop: file.drop, file: file.id, chatFiles: dropFiles.length, items, unclaimed });
    return await record(deps, file, { state: "verified", plaintext, dropFiles: [...dropFiles], besides, unclaimed });
  }
  const first = (await readDocument(deps.blobs, claim, firstSeen))?.value;
  const message = `The same content came before, as file ${first?.file} of drop ${first?.drop}; it is not counted again.`;
  deps.log.info("file.duplicate", { drop: file.drop, file: file.id, of: first?.file });
  return await record(deps, file, { state: "duplicate", plaintext, reason: { code: "duplicate", message } });
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

async function record(
  deps: Pick<ReceiveDeps, "blobs" | "writer">,
  file: FileState,
  change: Partial<FileState>,
): Promise<FileState> {
  const path = paths.file(file.connector, file.siteDay, file.id);
  const written = await updateDocument(deps.blobs, path, fileState, (now) => ({ ...now, ...change }), {
    writer: deps.writer,
  });
  if (written === undefined)
    throw new BrokenState(`The record of file ${file.id} of drop ${file.drop} is gone from state/file.`);
  return written;
}
