import { type AuditDeps, type AuditRecord, leaveAudit } from "../pipeline/leave-audit.ts";
import type { Principal } from "./principal.ts";

/** What is about to be done, in words of ours and ids: no secrets, no people. */
export interface AskedChange {
  /** Such as `release`; docs/api.md lists them. */
  readonly action: string;
  /** What it is about, such as a drop's or a connector's name. */
  readonly target: string;
  readonly details?: AuditRecord["details"];
}

/**
 * Does `work` after a record of it is in the audit log, and not at all when that could not be left: every change that the
 * API makes goes through here. Check what can be checked before, so that refusals leave no record of what nobody did.
 */
export async function audited<T>(
  deps: AuditDeps,
  principal: Principal,
  asked: AskedChange,
  work: () => Promise<T>,
): Promise<T> {
  await leaveAudit(deps, { ...asked, principal: principal.id, by: "api" });
  return await work();
}
