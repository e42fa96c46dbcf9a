import * as z from "zod";
import { type AuditRecord, auditRecord } from "../../pipeline/leave-audit.ts";
import { toCsv } from "../../report/csv.ts";
import type { BlobPath, Blobs } from "../../store/blobs.ts";
import { mapAhead } from "../../store/map-ahead.ts";
import { readDocument } from "../../store/state-document.ts";
import { type AuditEntry, auditRoutes } from "../contract/audit.ts";
import { toOperations } from "../operation.ts";
import { parseCursor, toCursor } from "../paging.ts";
import type { HandlersFor } from "../request.ts";

/** What reading the audit log takes. */
export interface AuditLogDeps {
  readonly blobs: Pick<Blobs, "read" | "list">;
}

interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const handlers: HandlersFor<typeof auditRoutes, AuditLogDeps> = {
  listAudit: async ({ blobs }, { query: { limit, cursor, ...days } }) => {
    const before = cursor === undefined ? undefined : parseCursor(z.string(), cursor);
    const found = await listPaths(blobs, days);
    const older = found.filter((path) => before === undefined || path < before).toReversed();
    const paths = older.slice(0, limit);
    const items: AuditEntry[] = [];
    for await (const record of readRecords(blobs, paths)) items.push(toEntry(record));
    const last = paths.at(-1);
    return { body: last !== undefined && older.length > limit ? { items, next: toCursor(last) } : { items } };
  },
  downloadAudit: async ({ blobs }, { query }) => ({
    file: { name: "audit.csv", content: toTable(blobs, await listPaths(blobs, query)) },
  }),
};

/** The endpoints about the audit log. */
export const auditOperations = toOperations(auditRoutes, handlers);

/** Records are named by their time, so the days are told from the names alone. */
async function listPaths(blobs: Pick<Blobs, "list">, { from = "", to = "9999" }: Days): Promise<BlobPath[]> {
  const paths: BlobPath[] = [];
  for await (const { path } of blobs.list("audit/")) {
    const day = path.split("/")[1] ?? "";
    if (day >= from && day <= to) paths.push(path);
  }
  return paths;
}

async function* readRecords(blobs: Pick<Blobs, "read">, paths: readonly BlobPath[]): AsyncGenerator<AuditRecord> {
  for await (const found of mapAhead(paths, 16, (path) => readDocument(blobs, path, auditRecord))) {
    if (found !== undefined) yield found.value;
  }
}

function toEntry({ id, at, principal, by, action, target, details }: AuditRecord): AuditEntry {
  return { id, at: new Date(at).toISOString(), principal, by, action, target, details };
}

function toTable(blobs: Pick<Blobs, "read">, paths: readonly BlobPath[]): AsyncGenerator<Buffer> {
  return toCsv({
    columns: ["at", "principal", "by", "action", "target", "details", "id"],
    batches: toRows(blobs, paths),
  });
}

async function* toRows(blobs: Pick<Blobs, "read">, paths: readonly BlobPath[]): AsyncGenerator<string[][]> {
  for await (const record of readRecords(blobs, paths)) {
    const { id, at, principal, by, action, target, details } = toEntry(record);
    yield [[at, principal, by, action, target, JSON.stringify(details), id]];
  }
}
