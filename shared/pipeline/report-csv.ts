import { type Table, toCsv } from "../report/csv.ts";
import type { ReportBody } from "../report/drop-report.ts";
import { reportTables } from "../report/report-tables.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import type { DropState } from "./drop-state.ts";
import { toItemTable } from "./item-table.ts";
import { toFailureTable, toFindingTable, toMailboxTable, toMisroutedTable } from "./mailbox-table.ts";

/** A report and the drop that it is about. */
export interface ReportSource {
  readonly blobs: Blobs;
  readonly drop: DropState;
  readonly report: ReportBody;
}

type ToTable = (source: ReportSource) => Table;

/** Every table of a report: out of the report itself, or read from storage item by item. */
const tables = {
  summary: ({ report }) => reportTables.summary(report),
  files: ({ report }) => reportTables.files(report),
  unmapped: ({ report }) => reportTables.unmapped(report),
  mapping: ({ report }) => reportTables.mapping(report),
  dead: ({ report }) => reportTables.dead(report),
  mailboxes: ({ blobs, drop }) => toMailboxTable(blobs, drop),
  failures: ({ blobs, drop, report }) => toFailureTable(blobs, drop, report.equation.failed > 0),
  findings: ({ blobs, drop, report }) => toFindingTable(blobs, drop, hasFindings(report)),
  misrouted: ({ blobs, drop }) => toMisroutedTable(blobs, drop),
  items: ({ blobs, drop }) => toItemTable(blobs, drop),
} as const satisfies Readonly<Record<string, ToTable>>;

/** Whether results name findings: that an item is degraded or deviates is only counted. */
function hasFindings({ findings: { missing, moved, double, unrecorded, unchecked } }: ReportBody): boolean {
  return missing + moved + double + unrecorded + unchecked > 0;
}

/** A kind of CSV that a report has. */
export type CsvKind = keyof typeof tables;

/** All kinds, those of the whole drop first. */
export const csvKinds: readonly CsvKind[] = [
  ...(["summary", "files", "unmapped", "mapping", "dead"] as const),
  ...(["mailboxes", "failures", "findings", "misrouted", "items"] as const),
];

/** Whether there is such a kind. */
export function isCsvKind(name: string): name is CsvKind {
  return Object.hasOwn(tables, name);
}

/** A table of a report as CSV, in pieces. Of a running drop it tells what is known so far. */
export function streamCsv(source: ReportSource, kind: CsvKind): AsyncGenerator<Buffer> {
  return toCsv(tables[kind](source));
}

/**
 * Writes every table of a closed drop's report beside it, create-only. They follow from the stored report, the work lists
 * and the results, which no longer change, so that writing them again makes the same bytes. Where one is there already it
 * stays: it was true when it was written.
 */
export async function writeCsvs(source: ReportSource): Promise<void> {
  const { id, gen } = source.drop;
  for (const kind of csvKinds) await writePieces(source.blobs, paths.reportCsv(id, gen, kind), streamCsv(source, kind));
}

const contentType = "text/csv; charset=utf-8";
/** Up to this size a table is written with one request. */
const smallInBytes = 1024 * 1024;

async function writePieces(blobs: Blobs, path: BlobPath, pieces: AsyncIterable<Buffer>): Promise<void> {
  const first: Buffer[] = [];
  let sizeInBytes = 0;
  let writer: ReturnType<Blobs["writer"]> | undefined;
  try {
    for await (const piece of pieces) {
      sizeInBytes += piece.length;
      if (sizeInBytes > smallInBytes) writer ??= blobs.writer(path);
      if (writer === undefined) {
        first.push(piece);
        continue;
      }
      for (const early of first.splice(0)) await writer.write(early);
      await writer.write(piece);
    }
    if (writer === undefined) await blobs.create(path, Buffer.concat(first), { contentType });
    else await writer.commit({ contentType });
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}
