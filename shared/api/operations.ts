import { type AuditLogDeps, auditOperations } from "./handlers/audit.ts";
import { deadOperations } from "./handlers/dead.ts";
import { type DropDeps, dropOperations } from "./handlers/drops.ts";
import { type GenerationDeps, generationOperations } from "./handlers/generations.ts";
import { type SearchDeps, searchOperations } from "./handlers/search.ts";
import { type SystemDeps, systemOperations } from "./handlers/system.ts";
import type { Operation } from "./operation.ts";

/** What all handlers take together. */
export type ApiDeps = SystemDeps & AuditLogDeps & DropDeps & GenerationDeps & SearchDeps;

/** Every endpoint with what answers it: each resource adds its own. */
export const operations: readonly Operation<ApiDeps>[] = [
  ...systemOperations,
  ...auditOperations,
  ...dropOperations,
  ...generationOperations,
  ...deadOperations,
  ...searchOperations,
];
