import type { ChatDay, ImportKey } from "../chat/identifiers.ts";
import type { KeyState, KeyStates } from "../import/key-states.ts";
import { Ledger } from "../import/ledger.ts";
import type { Finding, ReadBack } from "../import/read-back.ts";
import type { SliceContext } from "../import/slice-context.ts";
import { inDoubt, standingOf } from "../import/standing.ts";
import { noTally, type Outcome, total } from "../import/tally.ts";
import type { WorkEntry } from "../import/work-list.ts";
import { WorkListFault } from "../import/work-list.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { toGzip } from "../store/lines.ts";
import { type ResultLine, type RunSummary, readSummary } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** What a result is made of. */
export interface ResultSource {
  readonly run: RunState;
  readonly slice: Pick<SliceContext, "mailboxId" | "generation" | "settings">;
  readonly blobs: Blobs;
  /** The whole work list. */
  readonly lines: AsyncIterable<WorkEntry>;
  /** Reads the mailbox back; absent when the run is blocked. */
  readonly readBack: ReadBack | undefined;
  /** Why the run is blocked; its open lines count as failed. */
  readonly blocked: string | undefined;
}

const linesPerMember = 2000;

/**
 * Writes the result, create-only, in pieces. All but the findings follows from work list and ledger. Where one is
 * there already, an earlier try of this run got as far as that: it was true when it was written, and it stays.
 */
export async function writeResult(source: ResultSource, path: BlobPath): Promise<RunSummary> {
  const writer = source.blobs.writer(path);
  let summary: RunSummary | undefined;
  let waiting: string[] = [];
  try {
    for await (const line of toResultLines(source)) {
      if (line.type === "summary") summary = line;
      waiting.push(`${JSON.stringify(line)}\n`);
      if (waiting.length < linesPerMember) continue;
      await writer.write(toGzip(Buffer.from(waiting.join(""))));
      waiting = [];
    }
    await writer.write(toGzip(Buffer.from(waiting.join(""))));
    const created = await writer.commit({ contentType: "application/gzip" });
    if (created === "different") summary = await readSummary(source.blobs, path);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  if (summary?.available !== source.run.available) {
    throw new WorkListFault(`The result ${path} speaks of another number of lines than the run was created with`);
  }
  return summary;
}

/** What has been counted so far. */
interface Counts {
  counts: Record<Outcome, number>;
  degraded: number;
  deviating: number;
  verify: { days: number; daysRead: number } & Record<Finding, number>;
}

interface Day {
  readonly chatDay: ChatDay;
  readonly states: KeyStates;
  readonly wasRead: boolean;
}

async function* toResultLines(source: ResultSource): AsyncGenerator<ResultLine> {
  const nothing = { days: 0, daysRead: 0, missing: 0, moved: 0, double: 0, unrecorded: 0, unchecked: 0 };
  const counts: Counts = { counts: { ...noTally }, degraded: 0, deviating: 0, verify: nothing };
  let day: Day | undefined;
  for await (const entry of source.lines) {
    if (day?.chatDay !== entry.work.chatDay) {
      const findings: ResultLine[] = [];
      day = await openDay(source, entry.work.chatDay, counts, findings);
      yield* findings;
    }
    yield* toItemLines(source, day, entry, counts);
  }
  yield toSummary(source, counts);
}

async function openDay(source: ResultSource, chatDay: ChatDay, counts: Counts, lines: ResultLine[]): Promise<Day> {
  const { blobs, slice, readBack } = source;
  const { blocksPerFile } = slice.settings;
  const { states } = await Ledger.read({ blobs, blocksPerFile }, chatDay, slice.mailboxId);
  const tell = (finding: Finding, key: ImportKey): void => {
    lines.push(...toFinding(source, counts, finding, { key, chatDay }));
  };
  const wasRead = (await readBack?.markSeen(chatDay, states, tell)) ?? false;
  counts.verify.days += 1;
  if (wasRead) counts.verify.daysRead += 1;
  return { chatDay, states, wasRead };
}

async function* toItemLines(
  source: ResultSource,
  day: Day,
  { work, source: from }: WorkEntry,
  counts: Counts,
): AsyncGenerator<ResultLine> {
  const { key } = work.item;
  const standing = standingOf(day.states, { key, generation: source.slice.generation, source: from });
  const settled = standing.type === "settled" ? standing : toOpen(source, standing.type, day.states.stateOf(key));
  counts.counts[settled.outcome] += 1;
  if (settled.outcome === "failed") yield { type: "failed", key, source: from, reason: settled.reason };
  if (settled.outcome === "skipped") yield { type: "skipped", key, source: from, first: settled.first };
  if (settled.outcome === "partial") yield { type: "partial", key, source: from };
  if (settled.outcome === "imported" || settled.outcome === "partial") countMarks(day.states, key, counts);
  if (source.readBack === undefined || day.states.stateOf(key).type !== "receipt" || day.states.wasSeen(key)) return;
  // Said of each item: were nothing found in a day that was not read, the report would look as if all had been seen.
  const finding = day.wasRead ? await source.readBack.checkUnseen(key, day.states.timeOf(key)) : "unchecked";
  day.states.see(key);
  if (finding !== undefined) yield* toFinding(source, counts, finding, { key, chatDay: day.chatDay });
}

/**
 * What an open line counts as when its run ends. The run is blocked; or it had failed the item and another run (a later
 * drop with the same item, the next generation) has tried it since, so that the ledger's last word is not this run's.
 */
function toOpen(
  { blocked }: ResultSource,
  standing: "to-do" | "doubt",
  state: KeyState,
): { outcome: "failed"; reason: string } {
  if (standing === "doubt") return { outcome: "failed", reason: inDoubt };
  if (blocked !== undefined) return { outcome: "failed", reason: `blocked:${blocked}` };
  return { outcome: "failed", reason: state.type === "failed" ? state.reason : "tried-again-by-another-run" };
}

function countMarks(states: KeyStates, key: ImportKey, counts: Counts): void {
  const { isDegraded, deviates } = states.marksOf(key);
  if (isDegraded) counts.degraded += 1;
  if (deviates) counts.deviating += 1;
}

/** Counts a finding; names it unless too many of its sort are named already. */
function toFinding(
  { slice }: ResultSource,
  { verify }: Counts,
  finding: Finding,
  of: { readonly key: ImportKey; readonly chatDay: ChatDay },
): ResultLine[] {
  verify[finding] += 1;
  return verify[finding] > slice.settings.findingsNamed ? [] : [{ type: finding, ...of }];
}

function toSummary({ run, blocked }: ResultSource, { counts, degraded, deviating, verify }: Counts): RunSummary {
  const { drop, gen, mailbox } = run;
  const state = blocked === undefined ? "done" : "blocked";
  const reason = blocked === undefined ? {} : { reason: blocked };
  const available = total(counts);
  return {
    type: "summary",
    v: 1,
    drop,
    gen,
    mailbox,
    state,
    ...reason,
    available,
    counts,
    degraded,
    deviating,
    verify,
  };
}
