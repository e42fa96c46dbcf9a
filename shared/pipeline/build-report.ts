import { noTally, type Tally } from "../import/tally.ts";
import { type DropReport, toImbalances } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { sumCountedChunks } from "./counted-chunks.ts";
import type { DropState } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import { createPeopleShelf } from "./import-people.ts";
import { listParts } from "./parts.ts";
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

/** What building a report takes. */
export interface ReportDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
}

/**
 * Adds up what became of every item of a drop whose runs have all ended, and checks it against what was counted on the
 * way: the gate's count, the index, the work lists and the results are written by different stages.
 */
export async function buildReport(deps: ReportDeps, drop: DropState): Promise<DropReport> {
  const { blobs } = deps;
  const { connector, feed, siteDay, scope, items } = drop;
  const files = await readFiles(blobs, drop);
  const chunks = await listIndexed(blobs, drop);
  const indexed = await countIndexed(blobs, chunks);
  const summaries = await readSummaries(blobs, drop);
  const equation = { ...sumOutcomes(summaries), available: await countAvailable(blobs, drop) };
  const imbalances = toImbalances({ equation, items, indexed });
  // Where there are items their people were resolved: a report that did not know them would hide who is unmapped.
  const people = items === 0 ? undefined : await createPeopleShelf(blobs, 1)(drop.id, drop.gen);
  const { itemsOfUnmapped } = await sumCountedChunks(blobs, drop, chunks);
  return {
    ...{ v: 1, drop: drop.id, gen: drop.gen, connector, feed, siteDay, items, equation, open: 0 },
    ...(scope === undefined ? {} : { scope }),
    closedAt: deps.clock.now(),
    isBalanced: imbalances.length === 0,
    imbalances,
    unmappedItems: indexed.unmapped,
    outOfScopeItems: indexed.outOfScope,
    unmappedPeople: toUnmapped(people, itemsOfUnmapped),
    mappingNotes: people?.mappingNotes ?? [],
    mailboxes: summaries.length,
    blocked: toBlocked(summaries),
    findings: toFindings(summaries),
    failures: await listFailures(blobs, summaries),
    ...(await readMisrouted(blobs, drop)),
    ...(await readDeadEntries(blobs, drop)),
    files: files.map(toReportedFile),
  };
}

/** Adds outcomes up. */
export function sumOutcomes(runs: Iterable<{ readonly counts: Tally }>): Tally {
  const sum = { ...noTally };
  for (const { counts } of runs) {
    sum.imported += counts.imported;
    sum.partial += counts.partial;
    sum.skipped += counts.skipped;
    sum.failed += counts.failed;
  }
  return sum;
}

/** Items x mailboxes in the work lists. */
export async function countAvailable(blobs: Blobs, drop: DropState): Promise<number> {
  let available = 0;
  for await (const { mailboxes } of listParts(blobs, drop)) {
    for (const { items } of Object.values(mailboxes)) available += items;
  }
  return available;
}
