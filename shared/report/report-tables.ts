import { type Table, toTimeCell } from "./csv.ts";
import type { DeadEntry, ReportBody } from "./drop-report.ts";

/** A report's tables that follow from the report alone. */
export const reportTables = {
  summary: toSummaryTable,
  files: toFilesTable,
  unmapped: toUnmappedTable,
  mapping: toMappingTable,
  dead: toDeadTable,
} as const satisfies Readonly<Record<string, (report: ReportBody) => Table>>;

/** What is said of the whole drop: one line each. */
function toSummaryTable(report: ReportBody): Table {
  const { equation, findings } = report;
  const facts = [
    ["drop", report.drop],
    ["generation", report.gen],
    ["connector", report.connector],
    ["feed", report.feed],
    ["siteDay", report.siteDay],
    ["scope", report.scope?.type ?? "drop"],
    ["items", report.items],
    ["available", equation.available],
    ["imported", equation.imported],
    ["partial", equation.partial],
    ["skipped", equation.skipped],
    ["failed", equation.failed],
    ["open", report.open],
    ["isBalanced", report.isBalanced],
    ...report.imbalances.map((text) => ["imbalance", text]),
    ["unmappedItems", report.unmappedItems],
    ["outOfScopeItems", report.outOfScopeItems],
    ["unmappedPeople", report.unmappedPeople.length],
    ["mailboxes", report.mailboxes],
    ["blockedMailboxes", report.blocked.length],
    ...Object.entries(findings),
    ["misroutedItems", report.misroutedItems],
    ["dead", report.dead.length],
    ["recovered", report.recovered.length],
  ];
  return { columns: ["fact", "value"], batches: [facts] };
}

function toFilesTable({ files }: ReportBody): Table {
  const columns = ["file", "path", "state", "items", "reason", "message", "offset", "sha256", "unclaimed", "checksum"];
  const rows = files.map(({ id, path, state, items, reason, sha256, unclaimed, checksum }) => [
    ...[id, path, state, items, reason?.code, reason?.message, reason?.offset, sha256, unclaimed, checksum],
  ]);
  return { columns, batches: [rows] };
}

function toUnmappedTable({ unmappedPeople }: ReportBody): Table {
  const columns = ["imId", "email", "displayName", "firm", "reason", "items"];
  const rows = unmappedPeople.map(({ participant: { imId, email, displayName, firm }, reason, items }) => [
    ...[imId, email, displayName, firm, reason, items],
  ]);
  return { columns, batches: [rows] };
}

function toMappingTable({ mappingNotes }: ReportBody): Table {
  const rows = mappingNotes.map(({ line, reason, firstLine }) => [line, reason, firstLine]);
  return { columns: ["line", "reason", "firstLine"], batches: [rows] };
}

function toDeadTable({ dead, recovered }: ReportBody): Table {
  const columns = ["standing", "queue", "work", "deaths", "firstAt", "lastAt", "reason", "redrivenAt"];
  const toRow = (standing: string) => (one: DeadEntry) => [
    ...[standing, one.queue, one.work, one.deaths, toTimeCell(one.firstAt), toTimeCell(one.lastAt)],
    ...[one.reason, toTimeCell(one.redrivenAt)],
  ];
  return { columns, batches: [dead.map(toRow("dead")), recovered.map(toRow("recovered"))] };
}
