import type { ConnectorName } from "../chat/identifiers.ts";
import type { DraftValues } from "../config/connector-values.ts";
import type { Blobs } from "../store/blobs.ts";
import { type Draft, toFinished } from "./draft-book.ts";
import type { ValueFault } from "./merge-values.ts";
import { holdListKind, mappingKind, type PeopleFileKind } from "./people-file.ts";
import { readPeopleFileFacts } from "./people-file-facts.ts";
import { readSecretFacts, type SecretFact, type SecretFactsDeps } from "./secret-facts.ts";
import { ownerOfDraft } from "./secret-owner.ts";
import { type WizardStep, wizardSteps } from "./wizard-steps.ts";

/** Something that keeps a draft from becoming a connector. */
export interface Missing {
  /** Such as site.host, secrets.sftp-password or mapping.file. */
  readonly field: string;
  readonly message: string;
}

/** How far a step is. */
export interface StepState {
  readonly step: WizardStep;
  readonly isComplete: boolean;
  readonly missing: readonly Missing[];
}

/** What checking a draft takes. */
export interface CheckDraftDeps extends SecretFactsDeps {
  readonly blobs: Pick<Blobs, "list" | "read" | "head">;
}

/** Everything that a draft still needs, by step. @throws VaultFault */
export async function checkDraft(deps: CheckDraftDeps, one: Draft): Promise<readonly StepState[]> {
  const [secrets, files] = await Promise.all([
    readSecretFacts(deps, ownerOfDraft(one)),
    findChoiceFaults(deps.blobs, one.name, one.values),
  ]);
  const secretFaults = secrets.flatMap(toSecretFault);
  return toSteps(one, secretFaults, files);
}

/**
 * The first step that its values alone show to be incomplete: for lists, which ask neither vault nor files. Nothing of the
 * mapping need be given, but somebody who sets a connector up should have seen it.
 */
export function nextStepByValues(one: Draft): WizardStep {
  const open = toSteps(one, [], []).find(({ isComplete }) => !isComplete)?.step;
  return open ?? (one.values.mapping === undefined ? "mapping" : "review");
}

function toSteps(one: Draft, secretFaults: readonly Missing[], fileFaults: readonly Missing[]): StepState[] {
  const terms =
    one.terms === undefined ? [{ field: "hasAcceptedTerms", message: "read the terms and accept them" }] : [];
  const finished = toFinished(one);
  const values = "faults" in finished ? finished.faults.map(toMissing) : [];
  const missing: Readonly<Record<Exclude<WizardStep, "review">, readonly Missing[]>> = {
    terms,
    // That there is no key yet is told of the secrets.
    credentials: [...values.filter(({ field }) => field !== "encryption.keys"), ...secretFaults],
    mapping: fileFaults,
  };
  const isAllThere = Object.values(missing).every((faults) => faults.length === 0);
  return wizardSteps.map((step) => {
    if (step === "review") return { step, isComplete: isAllThere, missing: [] };
    return { step, isComplete: missing[step].length === 0, missing: missing[step] };
  });
}

/** In the words of somebody who has not filled it in yet. */
const sayings: Readonly<Record<string, string>> = {
  feed: "give the firm code, e.g. ACME01",
  site: "give the SFTP host, e.g. sftp.theice.com",
  "site.host": "give the SFTP host, e.g. sftp.theice.com",
  "site.user": "give the SFTP user, usually the firm code, e.g. ACME01",
  "site.hostKeys": "validate the connection and confirm the host key that it shows",
};

function toMissing({ path, message }: ValueFault): Missing {
  return { field: path === "site" ? "site.host" : path, message: sayings[path] ?? message };
}

const secretNames: Readonly<Record<SecretFact["kind"], string>> = {
  "sftp-password": "secrets.sftp-password",
  "ssh-key": "secrets.ssh-key",
  "next-ssh-key": "secrets.next-ssh-key",
  "pgp-key": "secrets.pgp-key",
};
const unset: Readonly<Record<SecretFact["kind"], string>> = {
  "sftp-password": "set the SFTP password",
  "ssh-key": "generate an SSH key or upload one",
  "next-ssh-key": "generate an SSH key or upload one",
  "pgp-key": "generate a PGP key or upload one",
};

function toSecretFault({ kind, isSet, isNeeded, problem }: SecretFact): Missing[] {
  if (!isNeeded) return [];
  if (!isSet) return [{ field: secretNames[kind], message: unset[kind] }];
  return problem === undefined ? [] : [{ field: secretNames[kind], message: problem }];
}

/** What a choice of mapping and people lacks: a file that is needed for it and is not there, or cannot be used. */
export async function findChoiceFaults(
  blobs: Pick<Blobs, "read" | "head">,
  name: ConnectorName,
  { mapping: choice, people }: Pick<DraftValues, "mapping" | "people">,
): Promise<Missing[]> {
  const isMappingNeeded = choice?.isAutomatic === false;
  const mapping = await findFileFault(blobs, mappingKind, name, isMappingNeeded, {
    field: "mapping.file",
    message: "upload a mapping, or have people found by their own addresses: else nobody's chats are imported",
  });
  const holdList =
    people?.type !== "list"
      ? []
      : await findFileFault(blobs, holdListKind, name, true, {
          field: "people.file",
          message: "upload the hold list, or have everybody's chats imported",
        });
  return [...mapping, ...holdList];
}

async function findFileFault(
  blobs: Pick<Blobs, "read" | "head">,
  kind: PeopleFileKind,
  name: Draft["name"],
  isNeeded: boolean,
  missing: Missing,
): Promise<Missing[]> {
  const stored = await readPeopleFileFacts(blobs, kind, name);
  if (stored !== undefined && stored.faultCount > 0) {
    return [{ field: missing.field, message: "the stored file has bad lines: upload it again" }];
  }
  return isNeeded && (stored?.entries ?? 0) === 0 ? [missing] : [];
}
