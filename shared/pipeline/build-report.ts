import { personKey } from "../chat/chat-item.ts";
import type { People } from "../chat/people.ts";
import { noTally } from "../import/tally.ts";
import { countIndex } from "../map/index-lines.ts";
import { type DropReport, type Equation, toImbalances } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import type { DropState } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import { type FileState, itemsOf } from "./file-state.ts";
import { createPeopleShelf } from "./import-people.ts";
import { listParts } from "./parts.ts";
import { type RunSummary, readResult, readSummary } from "./run-result.ts";

/** What building a report takes. */
export interface ReportDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
}

/** Failed items that a report names one by one. */
const failuresNamed = 1000;

/** Adds up what became of every item of a drop whose runs have all ended, and checks it against what was counted on the way. */
export async function buildReport(deps: ReportDeps, drop: DropState): Promise<DropReport> {
  const { blobs } = deps;
  const files = await readFiles(blobs, drop);
  const indexed = await countIndexed(blobs, drop);
  const { summaries, equation } = await sumUp(blobs, drop);
  const imbalances = toImbalances({ equation, items: drop.items, indexed });
  const people = drop.items === 0 ? undefined : await createPeopleShelf(blobs, 1)(drop.id, drop.gen);
  return {
    v: 1,
    drop: drop.id,
    gen: drop.gen,
    connector: drop.connector,
    feed: drop.feed,
    siteDay: drop.siteDay,
    closedAt: deps.clock.now(),
    items: drop.items,
    equation,
    isBalanced: imbalances.length === 0,
    imbalances,
    unmappedItems: indexed.unmapped,
    unmappedPeople: toUnmapped(people),
    mailboxes: summaries.length,
    blocked: toBlocked(summaries),
    findings: toFindings(summaries),
    failures: await listFailures(blobs, summaries),
    files: files.map(toReportedFile),
  };
}

async function countIndexed(
  blobs: Blobs,
  drop: DropState,
): Promise<{ items: number; deliveries: number; unmapped: number }> {
  const sum = { items: 0, deliveries: 0, unmapped: 0 };
  const chunks = mapAhead(blobs.list(paths.indexOf(drop.id, drop.gen)), 8, async ({ path }) => {
    const bytes = await blobs.stream(path);
    if (bytes === undefined) throw new BrokenState(`${path} is missing.`);
    return await countIndex(readLines(bytes));
  });
  for await (const chunk of chunks) {
    sum.items += chunk.items;
    sum.deliveries += chunk.deliveries;
    sum.unmapped += chunk.unmapped;
  }
  return sum;
}

async function sumUp(blobs: Blobs, drop: DropState): Promise<{ summaries: RunSummary[]; equation: Equation }> {
  const equation = { available: 0, ...noTally };
  const summaries: RunSummary[] = [];
  for await (const { mailboxes } of listParts(blobs, drop)) {
    for (const { items } of Object.values(mailboxes)) equation.available += items;
  }
  const results = mapAhead(blobs.list(paths.results(drop.id, drop.gen)), 8, ({ path }) => readSummary(blobs, path));
  for await (const summary of results) {
    if (summary === undefined) continue;
    summaries.push(summary);
    equation.imported += summary.counts.imported;
    equation.partial += summary.counts.partial;
    equation.skipped += summary.counts.skipped;
    equation.failed += summary.counts.failed;
  }
  return { summaries, equation };
}

function toUnmapped(people: People | undefined): DropReport["unmappedPeople"] {
  // One person may stand in the files under several names or addresses; for the admin it is one to map.
  const one = new Map<string, DropReport["unmappedPeople"][number]>();
  for (const { participant, unmapped } of people?.persons ?? []) {
    const key = personKey(participant);
    if (unmapped !== undefined && !one.has(key)) one.set(key, { participant, reason: unmapped });
  }
  return [...one.values()];
}

function toBlocked(summaries: readonly RunSummary[]): DropReport["blocked"] {
  return summaries
    .filter(({ state }) => state === "blocked")
    .map(({ mailbox, reason = "unknown", counts }) => ({ mailbox, reason, items: counts.failed }));
}

function toFindings(summaries: readonly RunSummary[]): DropReport["findings"] {
  const sum = { degraded: 0, deviating: 0, missing: 0, moved: 0, double: 0, unrecorded: 0, unchecked: 0 };
  for (const { degraded, deviating, verify } of summaries) {
    sum.degraded += degraded;
    sum.deviating += deviating;
    sum.missing += verify.missing;
    sum.moved += verify.moved;
    sum.double += verify.double;
    sum.unrecorded += verify.unrecorded;
    sum.unchecked += verify.unchecked;
  }
  return sum;
}

async function listFailures(blobs: Blobs, summaries: readonly RunSummary[]): Promise<DropReport["failures"]> {
  const failures: DropReport["failures"] = [];
  for (const { drop, gen, mailbox, counts } of summaries) {
    if (counts.failed === 0) continue;
    for await (const line of (await readResult(blobs, paths.result(drop, gen, mailbox))) ?? []) {
      if (line.type !== "failed") continue;
      failures.push({ mailbox, key: line.key, source: line.source, reason: line.reason });
      if (failures.length === failuresNamed) return failures;
    }
  }
  return failures;
}

function toReportedFile(file: FileState): DropReport["files"][number] {
  const { id, path, state, reason, sha256, unclaimed } = file;
  return {
    id,
    path,
    state,
    items: itemsOf(file),
    unclaimed,
    ...(reason === undefined ? {} : { reason }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}
