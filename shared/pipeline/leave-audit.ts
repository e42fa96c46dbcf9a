import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument } from "../store/state-document.ts";

/** `audit/{day}/{time}-{id}.json`: that somebody asked for a change. Written before anything is changed, and never after. */
export const auditRecord = z.object({
  v: z.literal(1),
  id: z.string(),
  /** ms since 1970 */
  at: z.number(),
  /** Who asked, such as `os:jane@host` or `entra:<object id>`. */
  principal: z.string(),
  /** By which way, such as `operate` or `api`. */
  by: z.string(),
  /** What was asked for, such as `release`. */
  action: z.string(),
  /** What it is about, such as a drop. */
  target: z.string(),
  /** Whatever else was given. Ids and words of ours, no secrets. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
});
/** That somebody asked for a change. */
export type AuditRecord = z.infer<typeof auditRecord>;

/** What leaving a record takes. */
export interface AuditDeps {
  readonly blobs: Pick<Blobs, "read" | "create">;
  readonly writer: string;
  readonly clock: { now(): number };
  /** Makes ids that never come twice. @default random UUIDs */
  readonly newId?: () => string;
}

/**
 * Leaves a record that somebody asked for a change. Do it first, and change nothing when it throws: a change without a
 * record could be denied, a record without a change only says that it was asked for.
 */
export async function leaveAudit(
  deps: AuditDeps,
  asked: Omit<AuditRecord, "v" | "id" | "at" | "details"> & { readonly details?: AuditRecord["details"] },
): Promise<AuditRecord> {
  const { clock, writer, newId = randomUUID } = deps;
  const record: AuditRecord = { v: 1, id: newId(), at: clock.now(), details: {}, ...asked };
  await createDocument(deps.blobs, paths.audit(record.at, record.id), auditRecord, record, { writer });
  return record;
}
