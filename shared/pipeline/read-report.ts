import type { DropId } from "../chat/identifiers.ts";
import { type Tally, total } from "../import/tally.ts";
import { type DropReport, dropReport, type ReportBody, toRunningImbalances } from "../report/drop-report.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { listDocuments, readDocument } from "../store/state-document.ts";
import { countAvailable, type ReportDeps, sumOutcomes } from "./build-report.ts";
import { sumCountedChunks } from "./counted-chunks.ts";
import { readDrop } from "./drop-book.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import type { FileState } from "./file-state.ts";
import { listChatFiles, sumItems } from "./gate.ts";
import { findPeople } from "./import-people.ts";
import { countResults } from "./parts.ts";
import { readDeadEntries } from "./report-dead.ts";
import {
  countIndexed,
  listFailures,
  listIndexed,
  readMisrouted,
  readSummaries,
  toBlocked,
  toFindings,
  toReportedFile,
  toUnmapped,
} from "./report-facts.ts";
import type { RunSummary } from "./run-result.ts";
import { runState } from "./run-state.ts";

/** A drop's report as it stands. */
export type ReportNow =
  | { readonly status: "closed"; readonly report: DropReport }
  | {
      readonly status: "running";
      readonly state: DropState["state"];
      /** ms since 1970 */
      readonly asOf: number;
      readonly report: ReportBody;
    };

/**
 * The report of a drop's generation at any time: what was written when it was closed, or what is known so far. Its
 * equation holds at every moment: available = imported + partial + skipped + failed + open. Undefined when there is no
 * such drop, or the generation was given up before it was closed.
 * @param gen which generation. @default the newest
 */
export async function readReport(deps: ReportDeps, id: DropId, gen?: number): Promise<ReportNow | undefined> {
  const drop = await readDrop(deps.blobs, id);
  const wanted = gen ?? drop?.gen;
  if (wanted === undefined) return undefined;
  const report = (await readDocument(deps.blobs, paths.dropReport(id, wanted), dropReport))?.value;
  if (report !== undefined) return { status: "closed", report };
  if (drop?.gen !== wanted) return undefined;
  return { status: "running", state: drop.state, asOf: deps.clock.now(), report: await toRunning(deps.blobs, drop) };
}

async function toRunning(blobs: Blobs, drop: DropState): Promise<ReportBody> {
  const { connector, feed, siteDay, id, gen, scope } = drop;
  const files = await readFiles(blobs, drop);
  // What is settled first, what was promised after it: else the drop could overtake us, and more be settled than promised.
  const summaries = await readSummaries(blobs, drop);
  const outcomes = sumOutcomes(await listStandings(blobs, drop, summaries));
  const chunks = await listIndexed(blobs, drop);
  const mapped = await sumCountedChunks(blobs, drop, chunks);
  const promised = await countPromised(blobs, drop, chunks);
  const equation = { available: mapped.deliveries, ...outcomes };
  const open = promised - total(outcomes);
  const imbalances = toRunningImbalances({ equation, open, promised });
  const people = await findPeople(blobs, id, gen);
  return {
    ...{ v: 1, drop: id, gen, connector, feed, siteDay, equation, open },
    ...(scope === undefined ? {} : { scope }),
    items: toItems(drop, files),
    isBalanced: imbalances.length === 0,
    imbalances,
    unmappedItems: mapped.unmappedItems,
    outOfScopeItems: mapped.outOfScopeItems,
    unmappedPeople: toUnmapped(people, mapped.itemsOfUnmapped),
    mappingNotes: people?.mappingNotes ?? [],
    mailboxes: (await countResults(blobs, drop)).mailboxes,
    blocked: toBlocked(summaries),
    findings: toFindings(summaries),
    failures: await listFailures(blobs, summaries),
    ...(await readMisrouted(blobs, drop)),
    ...(await readDeadEntries(blobs, drop)),
    files: files.map(toReportedFile),
  };
}

/** Before its files are all counted: those that are so far. */
function toItems(drop: DropState, files: readonly FileState[]): number {
  return hasReached(drop.state, "counted") ? drop.items : sumItems(listChatFiles(drop, files));
}

/** Work lists are only complete when all partitions are gathered; until then the index says what is promised. */
async function countPromised(blobs: Blobs, drop: DropState, chunks: readonly BlobPath[]): Promise<number> {
  if (hasReached(drop.state, "gathered")) return await countAvailable(blobs, drop);
  return (await countIndexed(blobs, chunks)).deliveries;
}

/** What is settled in each mailbox. A result is a run's last word, also when the note that the run is over was lost. */
async function listStandings(
  blobs: Blobs,
  { id, gen }: DropState,
  summaries: readonly RunSummary[],
): Promise<{ readonly counts: Tally }[]> {
  const ended = new Set(summaries.map(({ mailbox }) => mailbox));
  const standings: { readonly counts: Tally }[] = [...summaries];
  for await (const { value } of listDocuments(blobs, paths.runs(id, gen), runState)) {
    if (!ended.has(value.mailbox)) standings.push({ counts: value.settled });
  }
  return standings;
}
