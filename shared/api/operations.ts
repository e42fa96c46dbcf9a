import { type AuditLogDeps, auditOperations } from "./handlers/audit.ts";
import { type SystemDeps, systemOperations } from "./handlers/system.ts";
import type { Operation } from "./operation.ts";

/** What all handlers take together. */
export type ApiDeps = SystemDeps & AuditLogDeps;

/** Every endpoint with what answers it: each resource adds its own. */
export const operations: readonly Operation<ApiDeps>[] = [...systemOperations, ...auditOperations];
