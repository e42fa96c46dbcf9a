import type { ReportBody } from "../report/drop-report.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDrop } from "./drop-book.ts";
import { type CsvKind, streamCsv } from "./report-csv.ts";

/**
 * A table of a report as CSV, in pieces: of a closed generation as it was written at its close, of a running one as it is
 * now. Undefined when it is not there: the plaintext that it would be made of was deleted, or a newer generation has begun.
 */
export async function openTable(
  blobs: Blobs,
  report: ReportBody,
  kind: CsvKind,
): Promise<AsyncIterable<Buffer> | undefined> {
  const stored = await blobs.stream(toTablePath(report, kind));
  if (stored !== undefined) return stored;
  const drop = await readDrop(blobs, report.drop);
  if (drop?.gen !== report.gen || drop.isCleaned) return undefined;
  return streamCsv({ blobs, drop, report }, kind);
}

function toTablePath({ drop, gen }: ReportBody, kind: CsvKind): BlobPath {
  return paths.reportCsv(drop, gen, kind);
}
