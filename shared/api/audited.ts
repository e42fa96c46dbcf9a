import { type AuditDeps, type AuditRecord, leaveAudit } from "../pipeline/leave-audit.ts";
import type { Principal } from "./principal.ts";
import { ApiProblem, type ProblemName } from "./problem.ts";

/** What is about to be done, in words of ours and ids: no secrets, no people. */
export interface AskedChange {
  /** Such as `release`; docs/api.md lists them. */
  readonly action: string;
  /** What it is about, such as a drop's or a connector's name. */
  readonly target: string;
  readonly details?: AuditRecord["details"];
}

/** Refusals that say for sure that nothing was done; after any other problem something may have been. */
const nothingDone: ReadonlySet<ProblemName> = new Set<ProblemName>([
  ...(["invalid", "not-found", "conflict", "refused", "changed-meanwhile", "version-missing", "too-many"] as const),
]);

/**
 * Does `work` after a record of it is in the audit log, and not at all when that could not be left: every change that the
 * API makes goes through here. Check what can be checked before, so that refusals leave no record of what nobody did. What
 * is refused all the same, such as the second of two that come at once, leaves a record that takes the first one back.
 */
export async function audited<T>(
  deps: AuditDeps,
  principal: Principal,
  asked: AskedChange,
  work: () => Promise<T>,
): Promise<T> {
  const who = { principal: principal.id, by: "api" };
  const { id } = await leaveAudit(deps, { ...asked, ...who });
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiProblem && nothingDone.has(error.problem))) throw error;
    const details = { action: asked.action, request: id, because: error.problem };
    await leaveAudit(deps, { ...who, action: "refused", target: asked.target, details });
    throw error;
  }
}
