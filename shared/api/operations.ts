import { type AuditLogDeps, auditOperations } from "./handlers/audit.ts";
import { type ConnectorDeps, connectorOperations } from "./handlers/connectors.ts";
import { deadOperations } from "./handlers/dead.ts";
import { draftOperations } from "./handlers/drafts.ts";
import { type DropDeps, dropOperations } from "./handlers/drops.ts";
import { type GenerationDeps, generationOperations } from "./handlers/generations.ts";
import { keyOperations } from "./handlers/keys.ts";
import { mappingOperations } from "./handlers/mapping.ts";
import { type SearchDeps, searchOperations } from "./handlers/search.ts";
import { type SystemDeps, systemOperations } from "./handlers/system.ts";
import type { Operation } from "./operation.ts";

/** What all handlers take together. */
export type ApiDeps = SystemDeps & AuditLogDeps & ConnectorDeps & DropDeps & GenerationDeps & SearchDeps;

/** Every endpoint with what answers it: each resource adds its own. */
export const operations: readonly Operation<ApiDeps>[] = [
  ...systemOperations,
  ...auditOperations,
  ...connectorOperations,
  ...draftOperations,
  ...keyOperations,
  ...mappingOperations,
  ...dropOperations,
  ...generationOperations,
  ...deadOperations,
  ...searchOperations,
];
