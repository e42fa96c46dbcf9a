import { total } from "../import/tally.ts";
import { openOf, type WatchedRun } from "./generation-watch.ts";

/** How quick a generation is being imported, and how long it will take. Times in ms. */
export interface Pace {
  readonly perMinute: number;
  /** Over so much of the time before now. */
  readonly overInMs: number;
  readonly runningMailboxes: number;
  readonly left?: TimeLeft;
}

/** How long it will take. */
export interface TimeLeft {
  readonly inMs: number;
  readonly atLeastInMs: number;
  readonly atMostInMs: number;
  readonly sureness: "low" | "fair" | "good";
  /** What decides it: the rate of all, the largest mailbox, or the time until which something waits. */
  readonly because: "rate" | "largest-mailbox" | "waiting";
}

const minute = 60_000;
const windowInMs = 15 * minute;
/** With less than this to go by, chance decides. */
const littleInMs = 5 * minute;

/** What a run settled, and between when. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly items: number;
}

/**
 * The pace, told from the runs' own records, so that it needs no memory and is the same in every process: what each run
 * has settled is taken as spread evenly over the time between its start and its last progress. A slice tells of its items
 * only when it ends, some minutes later, so the rate of the first minutes is too low, and is called unsure.
 * @param now storage's clock, as the records' times are
 */
export function toPace(runs: readonly WatchedRun[], now: number): Pace {
  const spans = runs.flatMap(toSpan);
  const begun = Math.min(now, ...spans.map(({ from }) => from));
  const overInMs = Math.min(windowInMs, Math.max(minute, now - begun));
  const settled = countBetween(spans, now - overInMs, now);
  const running = runs.filter((run) => stateOf(run, now) === "running").length;
  const pace = { perMinute: round((settled * minute) / overInMs), overInMs, runningMailboxes: running };
  const left = settled === 0 ? undefined : toTimeLeft(runs, spans, { now, overInMs, settled });
  return left === undefined ? pace : { ...pace, left };
}

/** The state of a run as it is shown: one that is running but has a reason waits for its next slice. */
export function stateOf(
  { run, unreadable, hasEnded }: WatchedRun,
  now: number,
): "pending" | "running" | "waiting" | "done" | "blocked" | "unreadable" {
  if (run === undefined) return hasEnded ? "done" : unreadable === undefined ? "pending" : "unreadable";
  if (hasEnded && run.state !== "blocked") return "done";
  const waits = run.state === "running" && ((run.nextAt ?? 0) > now || run.reason !== undefined);
  return waits ? "waiting" : run.state;
}

function toSpan({ run, settled, hasEnded, modifiedAt }: WatchedRun): Span[] {
  if (run?.startedAt === undefined) return [];
  const to = hasEnded ? modifiedAt : (run.progressedAt ?? run.startedAt);
  return [{ from: run.startedAt, to: Math.max(run.startedAt, to), items: total(settled) }];
}

/** A run that took no time counts at its end. */
function countBetween(spans: readonly Span[], from: number, to: number): number {
  return spans.reduce((sum, span) => {
    const length = span.to - span.from;
    if (length === 0) return span.to >= from && span.to <= to ? sum + span.items : sum;
    const overlap = Math.min(span.to, to) - Math.max(span.from, from);
    return sum + (span.items * Math.max(0, overlap)) / length;
  }, 0);
}

function toTimeLeft(
  runs: readonly WatchedRun[],
  spans: readonly Span[],
  { now, overInMs, settled }: { readonly now: number; readonly overInMs: number; readonly settled: number },
): TimeLeft | undefined {
  const unended = runs.filter(({ hasEnded }) => !hasEnded);
  const open = unended.reduce((sum, run) => sum + openOf(run), 0);
  const ways = [
    { because: "rate" as const, inMs: (open * overInMs) / settled },
    { because: "largest-mailbox" as const, inMs: Math.max(0, ...unended.map(openOf)) / toRateOfOne(spans) },
    { because: "waiting" as const, inMs: Math.max(0, ...unended.map(({ run }) => (run?.nextAt ?? 0) - now)) },
  ];
  const longest = ways.reduce((one, other) => (other.inMs > one.inMs ? other : one));
  const factor = toUncertainty(spans, unended, { now, overInMs, open });
  const inMs = toSeconds(longest.inMs);
  return {
    inMs,
    // What waits until a time is not done before.
    atLeastInMs: Math.max(toSeconds(longest.inMs / factor), toSeconds(ways[2]?.inMs ?? 0)),
    atMostInMs: toSeconds(longest.inMs * factor),
    sureness: factor <= 1.5 ? "good" : factor <= 2.5 ? "fair" : "low",
    because: longest.because,
  };
}

/** Items a ms of one writer; a mailbox has only one. */
function toRateOfOne(spans: readonly Span[]): number {
  const items = spans.reduce((sum, span) => sum + span.items, 0);
  const length = spans.reduce((sum, { from, to }) => sum + Math.max(1000, to - from), 0);
  return length === 0 ? Number.POSITIVE_INFINITY : items / length;
}

/** How far off it may be, as a factor: how much the two halves differ, how little there is to go by, how much waits. */
function toUncertainty(
  spans: readonly Span[],
  unended: readonly WatchedRun[],
  { now, overInMs, open }: { readonly now: number; readonly overInMs: number; readonly open: number },
): number {
  const middle = now - overInMs / 2;
  const halves = [countBetween(spans, now - overInMs, middle), countBetween(spans, middle, now)].map((n) => n + 1);
  const swing = Math.max(...halves) / Math.min(...halves);
  const waiting = unended.filter((run) => stateOf(run, now) === "waiting").reduce((sum, run) => sum + openOf(run), 0);
  const little = overInMs < littleInMs ? 3 : 1;
  return Math.min(6, Math.max(1.25, swing, little) * (waiting > open * 0.3 ? 2 : 1));
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}

function toSeconds(ms: number): number {
  return Math.round(Math.min(ms, 365 * 86_400_000) / 1000) * 1000;
}
