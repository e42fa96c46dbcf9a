import type { ChatDay, ImportKey } from "../chat/identifiers.ts";
import type { KeyState, KeyStates } from "../import/key-states.ts";
import { Ledger } from "../import/ledger.ts";
import type { DayRead, Finding, ReadBack } from "../import/read-back.ts";
import type { SliceContext } from "../import/slice-context.ts";
import { inDoubt, standingOf } from "../import/standing.ts";
import { total } from "../import/tally.ts";
import type { WorkEntry } from "../import/work-list.ts";
import { WorkListFault } from "../import/work-list.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { GzippedLines } from "./gzipped-lines.ts";
import { listTold, nothingTold, readPieces, type SoFar } from "./result-pieces.ts";
import { type ResultLine, type RunSummary, readSummary } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { UndecidedBlob } from "./undecided-blob.ts";

/** What a result is made of. */
export interface ResultSource {
  readonly run: RunState;
  /** Whether no slice came before this one: then none has left a piece. */
  readonly isFirst: boolean;
  readonly slice: Pick<SliceContext, "mailboxId" | "generation" | "settings">;
  readonly blobs: Blobs;
  /** The work list's lines from the `from`-th on. */
  linesFrom(from: number): AsyncIterable<WorkEntry>;
  /** Makes what reads the mailbox back, knowing how many look-ups were made before; absent when the run is blocked. */
  readonly openReadBack: ((lookUps: number) => ReadBack) | undefined;
  /** Why the run is blocked; its open lines count as failed. */
  readonly blocked: string | undefined;
}

/** What writing a result came to. */
export type Written =
  | { readonly type: "written"; readonly summary: RunSummary }
  /** Chat days are left to be read back: another slice goes on with them, not before `inMs`. */
  | { readonly type: "later"; readonly inMs: number; readonly told: SoFar };

/**
 * Writes the result, create-only. All but the findings follows from work list and ledger. Where one is there already, an
 * earlier try of this run got as far as that: it was true when it was written, and it stays.
 *
 * Reading back can take more time than a slice has. What a slice has to tell by then becomes a piece of the result,
 * create-only like the result itself, and the next slice goes on behind the last piece; the last one puts them together.
 */
export async function writeResult(source: ResultSource, path: BlobPath): Promise<Written> {
  const before = source.isFirst ? { pieces: [], told: nothingTold() } : await readPieces(source.blobs, source.run);
  if (before.told.lines < source.run.available || before.pieces.length === 0) {
    const end = await tellOn(source, path, before);
    if (end === "overtaken") return await writeResult({ ...source, isFirst: false }, path);
    if (end !== "told") return end;
  }
  return { type: "written", summary: await putTogether(source, path) };
}

interface Day {
  readonly type: "day";
  readonly chatDay: ChatDay;
  readonly states: KeyStates;
  readonly wasRead: boolean;
  readonly findings: readonly ResultLine[];
}

type Later = Extract<DayRead, { type: "later" }>;
/** One slice's telling: the counts move on with its lines. */
interface Telling extends ResultSource {
  readonly told: SoFar;
  readonly readBack: ReadBack | undefined;
}

/** Tells of the lines behind the pieces, as far as the slice gets. "told": that was the last piece. */
async function tellOn(
  source: ResultSource,
  path: BlobPath,
  before: { readonly pieces: readonly BlobPath[]; readonly told: SoFar },
): Promise<Written | "told" | "overtaken"> {
  const { blobs, run } = source;
  const isFirst = before.pieces.length === 0;
  const result = blobs.writer(path);
  const piece = blobs.writer(paths.told(run.drop, run.gen, run.mailbox, before.pieces.length));
  const output = new UndecidedBlob(...(isFirst ? [result, piece] : [piece]));
  const lines = new GzippedLines(output);
  const told = structuredClone(before.told);
  try {
    const later = await tellLines({ ...source, told, readBack: source.openReadBack?.(told.lookUps) }, lines);
    if (later === undefined && isFirst) {
      const summary = toSummary(source, told);
      await lines.push(JSON.stringify(summary));
      await lines.end();
      const created = await output.commit(result, gzip);
      return { type: "written", summary: await check(source, path, created === "different" ? undefined : summary) };
    }
    await lines.push(JSON.stringify(told));
    await lines.end();
    const created = await output.commit(piece, gzip);
    if (later !== undefined) return { ...later, told };
    // Another worker's piece may not have got so far; what it tells counts.
    return created === "different" ? "overtaken" : "told";
  } catch (error) {
    await output.abort();
    throw error;
  }
}

const gzip = { contentType: "application/gzip" };

/** Makes the result of its pieces. */
async function putTogether(source: ResultSource, path: BlobPath): Promise<RunSummary> {
  const { pieces, told } = await readPieces(source.blobs, source.run);
  const writer = source.blobs.writer(path);
  const lines = new GzippedLines(writer);
  const summary = toSummary(source, told);
  try {
    for await (const line of listTold(source.blobs, pieces)) await lines.push(line);
    await lines.push(JSON.stringify(summary));
    await lines.end();
    const created = await writer.commit(gzip);
    return await check(source, path, created === "different" ? undefined : summary);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The summary that stands: ours, or that of the result that was there. @throws WorkListFault */
async function check({ blobs, run }: ResultSource, path: BlobPath, ours: RunSummary | undefined): Promise<RunSummary> {
  const summary = ours ?? (await readSummary(blobs, path));
  if (summary?.available === run.available) return summary;
  throw new WorkListFault(`The result ${path} speaks of another number of lines than the run was created with`);
}

/** Tells of line after line; ends before a chat day that is left to another slice. */
async function tellLines(telling: Telling, lines: GzippedLines): Promise<Later | undefined> {
  const { told, readBack } = telling;
  let day: Day | undefined;
  for await (const entry of telling.linesFrom(told.lines)) {
    if (day?.chatDay !== entry.work.chatDay) {
      const opened = await openDay(telling, entry.work.chatDay);
      if (opened.type === "later") return opened;
      day = opened;
      for (const finding of day.findings) await lines.push(JSON.stringify(finding));
    }
    for await (const line of toItemLines(telling, day, entry)) await lines.push(JSON.stringify(line));
    told.lines += 1;
    told.lookUps = readBack?.lookUps ?? told.lookUps;
  }
  return undefined;
}

async function openDay(telling: Telling, chatDay: ChatDay): Promise<Day | Later> {
  const { blobs, slice, readBack, told } = telling;
  const { blocksPerFile } = slice.settings;
  const { states } = await Ledger.read({ blobs, blocksPerFile }, chatDay, slice.mailboxId);
  const found: (readonly [Finding, ImportKey])[] = [];
  const read = await readBack?.markSeen(chatDay, states, (finding, key) => found.push([finding, key]));
  // What was found of it so far will be found again.
  if (read?.type === "later") return read;
  const wasRead = read?.type === "read";
  told.verify.days += 1;
  if (wasRead) told.verify.daysRead += 1;
  const findings = found.flatMap(([finding, key]) => toFinding(telling, finding, { key, chatDay }));
  return { type: "day", chatDay, states, wasRead, findings };
}

async function* toItemLines(telling: Telling, day: Day, { work, source: from }: WorkEntry): AsyncGenerator<ResultLine> {
  const { told, readBack } = telling;
  const { key } = work.item;
  const standing = standingOf(day.states, { key, generation: telling.slice.generation, source: from });
  const settled = standing.type === "settled" ? standing : toOpen(telling, standing.type, day.states.stateOf(key));
  told.counts[settled.outcome] += 1;
  if (settled.outcome === "failed") yield { type: "failed", key, source: from, reason: settled.reason };
  if (settled.outcome === "skipped") yield { type: "skipped", key, source: from, first: settled.first };
  if (settled.outcome === "partial") yield { type: "partial", key, source: from };
  if (settled.outcome === "imported" || settled.outcome === "partial") countMarks(day.states, key, told);
  if (readBack === undefined || day.states.stateOf(key).type !== "receipt" || day.states.wasSeen(key)) return;
  // Said of each item: were nothing found in a day that was not read, the report would look as if all had been seen.
  const finding = day.wasRead ? await readBack.checkUnseen(key, day.states.timeOf(key)) : "unchecked";
  day.states.see(key);
  if (finding !== undefined) yield* toFinding(telling, finding, { key, chatDay: day.chatDay });
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

function countMarks(states: KeyStates, key: ImportKey, told: SoFar): void {
  const { isDegraded, deviates } = states.marksOf(key);
  if (isDegraded) told.degraded += 1;
  if (deviates) told.deviating += 1;
}

/** Counts a finding; names it unless too many of its sort are named already. */
function toFinding(
  { slice, told }: Telling,
  finding: Finding,
  of: { readonly key: ImportKey; readonly chatDay: ChatDay },
): ResultLine[] {
  told.verify[finding] += 1;
  return told.verify[finding] > slice.settings.findingsNamed ? [] : [{ type: finding, ...of }];
}

function toSummary({ run, blocked }: ResultSource, { counts, degraded, deviating, verify }: SoFar): RunSummary {
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
