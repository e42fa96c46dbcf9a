import { setTimeout } from "node:timers/promises";
import { type ConnectorName, type DropId, dropParts } from "../../shared/chat/identifiers.ts";
import type { DropState } from "../../shared/pipeline/drop-state.ts";
import { readFetchRecord } from "../../shared/pipeline/fetch-due.ts";
import { reprocessDrop } from "../../shared/pipeline/reprocess-drop.ts";
import { type DropReport, dropReport } from "../../shared/report/drop-report.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { createLog } from "../../shared/store/log.ts";
import { paths } from "../../shared/store/paths.ts";
import type { Queues } from "../../shared/store/queues.ts";
import { readDocument } from "../../shared/store/state-document.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import type { Progress } from "./progress.ts";
import { listClosed, listOpen, readStanding } from "./standings.ts";
import { toSummary } from "./summary.ts";

/** What following the drops takes. */
export interface FollowDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly progress: Progress;
  readonly connector: ConnectorName;
  /** When the functions were started, ms since 1970. */
  readonly startedAt: number;
  /** Whether to end when the first round is done. */
  readonly isOnce: boolean;
  readonly signal: AbortSignal;
  /** Says where everything can be seen. */
  look(): Promise<void>;
  /** Brings new files of the user's folder to the local site. */
  bringFiles(): Promise<void>;
}

/** What it came to. */
export interface Followed {
  /** Every drop is closed, every number agrees, nothing failed, was rejected or is held. */
  readonly isGood: boolean;
}

const pauseInMs = 700;

/** Shows the drops' progress and each one's summary when it is closed, until the round is done or the signal comes. */
export async function followDrops(deps: FollowDeps): Promise<Followed> {
  const { blobs, progress, signal } = deps;
  const before = await listClosed(blobs);
  const told = new Map<DropId, DropReport | "held">();
  let [isRoundDone, isGood] = [false, true];
  while (!signal.aborted) {
    await tellClosed(deps, before, told);
    const open = (await listOpen(blobs)).filter(({ state }) => state !== "held");
    const first = open[0];
    progress.show(first === undefined ? undefined : await readStanding(blobs, first));
    const fetched = first === undefined ? await readFirstFetch(deps) : undefined;
    if (!isRoundDone && fetched !== undefined) {
      if (fetched === "done" && told.size === 0 && (await replay(deps, before))) continue;
      if (fetched === "failed") progress.say("! The site could not be fetched; the reason stands above.");
      if (fetched === "done" && told.size === 0) progress.say("! The site has no file that the connector takes.");
      isGood = fetched === "done" && told.size > 0 && [...told.values()].every(isGoodReport);
      isRoundDone = true;
      progress.end();
      await deps.look();
      if (deps.isOnce) break;
      progress.say("Waiting for new files; Ctrl-C ends it.");
    }
    await deps.bringFiles();
    await setTimeout(pauseInMs, undefined, { signal }).catch(() => undefined);
  }
  return { isGood: isGood && (isRoundDone || !deps.isOnce) };
}

function isGoodReport(report: DropReport | "held"): boolean {
  if (report === "held") return false;
  return (
    report.isBalanced &&
    report.equation.failed === 0 &&
    report.findings.missing + report.findings.double === 0 &&
    report.files.every(({ state }) => state === "verified" || state === "duplicate")
  );
}

async function tellClosed(
  { blobs, progress }: FollowDeps,
  before: ReadonlyMap<DropId, DropState>,
  told: Map<DropId, DropReport | "held">,
): Promise<void> {
  for (const drop of (await listClosed(blobs)).values()) {
    const known = told.get(drop.id);
    const lastGen = known === undefined || known === "held" ? (before.get(drop.id)?.gen ?? 0) : known.gen;
    if (drop.gen <= lastGen) continue;
    const report = (await readDocument(blobs, paths.dropReport(drop.id, drop.gen), dropReport))?.value;
    if (report === undefined) continue;
    told.set(drop.id, report);
    for (const line of toSummary(report)) progress.say(line);
  }
  for (const drop of await listOpen(blobs)) {
    if (drop.state !== "held" || told.has(drop.id)) continue;
    told.set(drop.id, "held");
    progress.say(toHeld(drop));
  }
}

function toHeld({ id, items, gate }: DropState): string {
  const day = `${gate?.siteDayItems ?? items} items on ${dropParts(id).siteDay}, and the limit is ${gate?.limit ?? 0}`;
  return `! drop ${id} is held at the gate: ${day}. Nothing of it was released. Raise the limit with --limit, or release it.`;
}

async function readFirstFetch({ blobs, connector, startedAt }: FollowDeps): Promise<"done" | "failed" | undefined> {
  const record = await readFetchRecord(blobs, connector);
  if (record === undefined || record.triedAt < startedAt) return undefined;
  return (record.fetchedAt ?? 0) >= startedAt ? "done" : "failed";
}

/**
 * The site has nothing new: the drops that are in already are processed once more, as their next generation, which shows
 * that nothing is imported twice.
 */
async function replay(deps: FollowDeps, before: ReadonlyMap<DropId, DropState>): Promise<boolean> {
  const log = createLog(() => undefined);
  for (const id of before.keys()) {
    deps.progress.say(`Nothing new on the site: drop ${id} is processed once more. What is in a mailbox is skipped.`);
    await reprocessDrop({ ...deps, log, clock: systemClock, writer: "npm start" }, id);
  }
  return before.size > 0;
}
