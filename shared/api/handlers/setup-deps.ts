import type { ConnectorName } from "../../chat/identifiers.ts";
import type { Directory } from "../../directory/directory.ts";
import { DirectoryFault } from "../../directory/directory-fault.ts";
import type { GroupMembers } from "../../directory/group-members.ts";
import { NoCompleteAnswer, RequestNotSent } from "../../graph/graph.ts";
import { readSubject, type Subject } from "../../pipeline/secret-owner.ts";
import type { ValidateDeps } from "../../pipeline/validate-connection.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import { VaultFault } from "../../secrets/vault-fault.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { Clock } from "../../store/clock.ts";
import type { Queues } from "../../store/queues.ts";
import type { Log } from "../../telemetry/log.ts";
import { notFound, unavailable } from "../problem.ts";

/** What setting connectors up takes. */
export interface SetupDeps {
  readonly blobs: Blobs;
  readonly queues: Pick<Queues, "send">;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Log, "info">;
  readonly writer: string;
  readonly lockInMs: number;
  readonly directory: Pick<Directory, "find">;
  readonly groupMembers: GroupMembers;
  /** Asks sites for a validation, more impatiently than a fetch. */
  readonly trial: Pick<ValidateDeps, "openSite" | "fetchHostKeys">;
  /** Makes ids that never come twice. */
  readonly newId: () => string;
}

/** The connector or draft of a name. @throws ApiProblem (404) */
export async function requireSubject(blobs: Pick<Blobs, "read">, name: ConnectorName): Promise<Subject> {
  const subject = await readSubject(blobs, name);
  if (subject === undefined) throw notFound("connector or draft");
  return subject;
}

/** Does what needs the vault. @throws ApiProblem (503) with what to do when it does not answer or refuses */
export async function withVault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultFault) throw unavailable(error.message);
    throw error;
  }
}

/** Does what asks the directory. @throws ApiProblem (503) with what to do when it does not answer or refuses */
export async function withDirectory<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOurs =
      error instanceof DirectoryFault || error instanceof NoCompleteAnswer || error instanceof RequestNotSent;
    throw isOurs ? unavailable(error.message) : error;
  }
}

/** An instant as the API tells it. */
export function toInstant(at: number): string {
  return new Date(at).toISOString();
}

/** The same of one that there may not be. */
export function toOptionalInstant<Name extends string>(
  name: Name,
  at: number | undefined,
): Partial<Record<Name, string>> {
  const entry: Partial<Record<string, string>> = at === undefined ? {} : { [name]: toInstant(at) };
  return entry;
}
