import type { ConnectorName } from "../../chat/identifiers.ts";
import type { MappingFault } from "../../map/mapping-line.ts";
import {
  compareFiles,
  type PeopleFileKind,
  type ReadPeopleFile,
  readPeopleFile,
  type StoredPeopleFile,
  writePeopleFile,
} from "../../pipeline/people-file.ts";
import { type PeopleFileFacts, readPeopleFileFacts, toPeopleFileFacts } from "../../pipeline/people-file-facts.ts";
import { audited } from "../audited.ts";
import type { FileCheck, LineFault, Replaced, StoredFile } from "../contract/mapping.ts";
import { requireMatch } from "../if-match.ts";
import type { Principal } from "../principal.ts";
import { type FieldFault, invalid, preconditionFailed } from "../problem.ts";
import type { ReplyFile } from "../request.ts";
import { alone } from "./alone.ts";
import { lookUpAddresses } from "./look-up-addresses.ts";
import { requireSubject, type SetupDeps, toInstant } from "./setup-deps.ts";

/** The facts of the file that is in use, and its ETag. */
export async function readFileState(
  { blobs }: Pick<SetupDeps, "blobs">,
  kind: PeopleFileKind,
  name: ConnectorName,
): Promise<{ readonly etag?: string; readonly file?: StoredFile; readonly problem?: string }> {
  const facts = await readPeopleFileFacts(blobs, kind, name);
  if (facts === undefined) return {};
  const { etag, faultCount, firstFault: first } = facts;
  const state = { etag, file: toStoredFile(facts) };
  if (first === undefined) return state;
  const problem = `It has ${faultCount} faults, the first in line ${first.line}: ${kind.faultTexts[first.reason]}. Upload it again.`;
  return { ...state, problem };
}

/** The file as it is kept, for downloading; undefined when there is none. */
export async function toDownload(
  { blobs }: Pick<SetupDeps, "blobs">,
  kind: PeopleFileKind,
  name: ConnectorName,
): Promise<{ readonly etag: string; readonly file: ReplyFile } | undefined> {
  const stored = await readPeopleFile(blobs, kind, name);
  if (stored === undefined) return undefined;
  // Written anew, since what somebody has uploaded may hold cells that a spreadsheet would run.
  const content = stored.file.faultCount === 0 ? stored.file.toCsv() : stored.bytes;
  return { etag: stored.etag, file: { name: `${name}-${kind.name}.csv`, content } };
}

/** Reads an upload and says everything that is wrong with it, and what it would change. Takes nothing. */
export async function checkFile(
  { blobs, directory }: Pick<SetupDeps, "blobs" | "directory">,
  kind: PeopleFileKind,
  name: ConnectorName,
  { upload, query }: { readonly upload: AsyncIterable<Uint8Array>; readonly query: { readonly lookUpFrom: number } },
): Promise<FileCheck> {
  const file = await kind.read([await collect(upload)]);
  const stored = await readPeopleFile(blobs, kind, name);
  return {
    isGood: file.faultCount === 0,
    entries: file.mailboxes.size,
    badLines: file.faultCount,
    faults: file.faults.map((fault) => toLineFault(kind, fault)),
    warnings: file.warnings.map((fault) => toLineFault(kind, fault)),
    sha256: file.sha256,
    changes: { ...compareFiles(stored?.file, file) },
    directory: await lookUpAddresses(directory, file.listNewLines(stored?.file), query.lookUpFrom),
  };
}

/** What replacing a file is asked by. */
interface ReplaceRequest {
  readonly principal: Principal;
  readonly params: { readonly name: ConnectorName };
  readonly query: { readonly goodLinesOnly: "true" | "false" };
  readonly upload: AsyncIterable<Uint8Array>;
  readonly ifMatch: string | undefined;
}

/** Replaces a file of a connector or draft that is there. @throws ApiProblem, also 404 */
export async function replaceAlone(
  deps: SetupDeps,
  kind: PeopleFileKind,
  request: ReplaceRequest,
): ReturnType<typeof replaceFile> {
  const { name } = request.params;
  await requireSubject(deps.blobs, name);
  const bytes = await collect(request.upload);
  return await alone(deps, name, async () => {
    // Deleted while the upload came, or while we waited.
    await requireSubject(deps.blobs, name);
    return await replaceFile(deps, kind, { ...request, bytes });
  });
}

/**
 * Takes an upload, whole or (when asked so) its good lines, in the place of the file that the caller has seen.
 * @throws ApiProblem: 400 with the bad lines, 412 and 428
 */
async function replaceFile(
  deps: SetupDeps,
  kind: PeopleFileKind,
  { principal, params: { name }, query, bytes, ifMatch }: Omit<ReplaceRequest, "upload"> & { readonly bytes: Buffer },
): Promise<{ readonly etag: string; readonly body: Replaced }> {
  const { blobs } = deps;
  const file = await kind.read([bytes]);
  refuseBad(kind, file, query.goodLinesOnly === "true");
  const stored = await readPeopleFile(blobs, kind, name);
  requireSeen(stored, ifMatch);
  const kept = file.faultCount === 0 ? bytes : Buffer.from(file.toCsv());
  const changes = { ...compareFiles(stored?.file, file) };
  const details = { sha256: file.sha256, entries: file.mailboxes.size, leftOut: file.faultCount, ...changes };
  const etag = await audited(deps, principal, { action: `replace-${kind.name}`, target: name, details }, () =>
    writePeopleFile(blobs, kind.pathOf(name), kept, principal.id, stored?.etag),
  );
  if (etag === undefined) throw preconditionFailed();
  const now = await readPeopleFile(blobs, kind, name);
  if (now === undefined) throw preconditionFailed();
  return { etag, body: { ...toStoredFile(toPeopleFileFacts(now)), leftOut: file.faultCount, changes } };
}

/** Where there is nothing yet, nothing can have been seen. */
function requireSeen(stored: StoredPeopleFile | undefined, ifMatch: string | undefined): void {
  if (stored !== undefined) requireMatch(ifMatch, stored.etag);
  else if (ifMatch !== undefined && ifMatch !== "*") throw preconditionFailed();
}

/** Bad lines that a refusal names; a check names all. */
const mostNamed = 100;

function refuseBad(kind: PeopleFileKind, file: ReadPeopleFile, isGoodEnough: boolean): void {
  if (file.faultCount === 0) return;
  const errors = file.faults.slice(0, mostNamed).map((fault) => toFieldFault(kind, fault));
  if (!isGoodEnough) throw invalid(errors, `${file.faultCount} things are wrong with the file, so nothing was taken.`);
  if (!file.hasHeader) throw invalid(errors, "Without its header nobody knows what the file's columns are.");
  if (file.mailboxes.size === 0) throw invalid(errors, "There is no good line in the file, so nothing was taken.");
}

function toFieldFault(kind: PeopleFileKind, { line, column, reason }: MappingFault): FieldFault {
  return { path: `lines.${line}${column === undefined ? "" : `.${column}`}`, message: kind.faultTexts[reason] };
}

function toLineFault(kind: PeopleFileKind, fault: MappingFault): LineFault {
  return { ...fault, message: kind.faultTexts[fault.reason] };
}

function toStoredFile({ entries, sha256, uploadedAt, uploadedBy }: PeopleFileFacts): StoredFile {
  return {
    entries,
    sha256,
    uploadedAt: toInstant(uploadedAt),
    ...(uploadedBy === undefined ? {} : { uploadedBy }),
  };
}

async function collect(upload: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of upload) pieces.push(piece);
  return Buffer.concat(pieces);
}
