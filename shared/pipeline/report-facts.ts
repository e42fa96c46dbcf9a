import { personKey } from "../chat/chat-item.ts";
import type { People } from "../chat/people.ts";
import { countIndex } from "../map/index-lines.ts";
import type { ReportBody } from "../report/drop-report.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import { toChecksumOutcome } from "./compare-checksums.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { type FileState, itemsOf } from "./file-state.ts";
import { listMisrouted } from "./misrouted.ts";
import { type RunSummary, readResult, readSummary } from "./run-result.ts";

/** Failed items, and misrouted ones, that a report names one by one. */
const itemsNamed = 1000;

/** The chunks of a generation that are in the index: those that are mapped. One for some hundred items. */
export async function listIndexed(blobs: Pick<Blobs, "list">, { id, gen }: DropState): Promise<BlobPath[]> {
  const indexed: BlobPath[] = [];
  for await (const { path } of blobs.list(paths.indexOf(id, gen))) indexed.push(path);
  return indexed;
}

/** Counts the lines of the index: what was promised to whom. About a second for 200,000 items. */
export async function countIndexed(blobs: Blobs, indexed: readonly BlobPath[]): ReturnType<typeof countIndex> {
  const sum = { items: 0, deliveries: 0, unmapped: 0, outOfScope: 0 };
  for await (const chunk of mapAhead(indexed, 8, (path) => countChunk(blobs, path))) {
    sum.items += chunk.items;
    sum.deliveries += chunk.deliveries;
    sum.unmapped += chunk.unmapped;
    sum.outOfScope += chunk.outOfScope;
  }
  return sum;
}

async function countChunk(blobs: Blobs, path: BlobPath): ReturnType<typeof countIndex> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) throw new BrokenState(`${path} is missing.`);
  return await countIndex(readLines(bytes));
}

/** What the mailbox runs of a generation came to, as far as they have ended. In order of mailbox. */
export async function readSummaries(blobs: Blobs, { id, gen }: DropState): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  const results = mapAhead(blobs.list(paths.results(id, gen)), 8, ({ path }) => readSummary(blobs, path));
  for await (const summary of results) if (summary !== undefined) summaries.push(summary);
  return summaries;
}

/** Who has no mailbox, why, and how many items each misses. */
export function toUnmapped(
  people: People | undefined,
  itemsOf: ReadonlyMap<number, number>,
): ReportBody["unmappedPeople"] {
  // One person may stand in the files under several names or addresses; for the admin it is one to map.
  const one = new Map<string, ReportBody["unmappedPeople"][number]>();
  for (const [number, { participant, unmapped }] of (people?.persons ?? []).entries()) {
    const key = personKey(participant);
    if (unmapped === undefined || one.has(key)) continue;
    one.set(key, { participant, reason: unmapped, items: itemsOf.get(number) ?? 0 });
  }
  return [...one.values()];
}

/** Mailboxes that took nothing more. */
export function toBlocked(summaries: readonly RunSummary[]): ReportBody["blocked"] {
  return summaries
    .filter(({ state }) => state === "blocked")
    .map(({ mailbox, reason = "unknown", counts }) => ({ mailbox, reason, items: counts.failed }));
}

/** What was found out about the items in the mailboxes. */
export function toFindings(summaries: readonly RunSummary[]): ReportBody["findings"] {
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

/** The first failed items. */
export async function listFailures(blobs: Blobs, summaries: readonly RunSummary[]): Promise<ReportBody["failures"]> {
  const failures: ReportBody["failures"] = [];
  for (const { drop, gen, mailbox, counts } of summaries) {
    if (counts.failed === 0) continue;
    for await (const line of (await readResult(blobs, paths.result(drop, gen, mailbox))) ?? []) {
      if (line.type !== "failed") continue;
      failures.push({ mailbox, key: line.key, source: line.source, reason: line.reason });
      if (failures.length === itemsNamed) return failures;
    }
  }
  return failures;
}

/** What lies in a mailbox that the mapping no longer names; only a generation whose runs have ended can tell. */
export async function readMisrouted(
  blobs: Blobs,
  { id, gen, scope, state }: DropState,
): Promise<Pick<ReportBody, "misroutedItems" | "misrouted">> {
  const misrouted: ReportBody["misrouted"] = [];
  let misroutedItems = 0;
  if (gen === 1 || !hasReached(state, "verifying")) return { misroutedItems, misrouted };
  for await (const one of listMisrouted(blobs, id, gen, scope)) {
    misroutedItems += 1;
    if (misrouted.length < itemsNamed) misrouted.push(one);
  }
  return { misroutedItems, misrouted };
}

/** A listed file. */
export function toReportedFile(file: FileState): ReportBody["files"][number] {
  const { id, path, state, reason, sha256, unclaimed } = file;
  const checksum = toChecksumOutcome(file.checksums);
  return {
    id,
    path,
    state,
    items: itemsOf(file),
    unclaimed,
    ...(reason === undefined ? {} : { reason }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}
