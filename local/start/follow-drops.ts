import { setTimeout } from "node:timers/promises";
import type { ConnectorName, DropId } from "../../shared/chat/identifiers.ts";
import type { DropState } from "../../shared/pipeline/drop-state.ts";
import { readFetchRecord } from "../../shared/pipeline/fetch-record.ts";
import { releaseDrop } from "../../shared/pipeline/release-drop.ts";
import { reprocessDrop } from "../../shared/pipeline/reprocess-drop.ts";
import { type DropReport, dropReport } from "../../shared/report/drop-report.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { paths } from "../../shared/store/paths.ts";
import type { Queues } from "../../shared/store/queues.ts";
import { readDocument } from "../../shared/store/state-document.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { createLog } from "../../shared/telemetry/log.ts";
import type { Progress } from "./progress.ts";
import { listClosed, listOpen, readFilesOf, readStanding } from "./standings.ts";
import { toHeld, toSummary } from "./summary.ts";

/** What following the drops takes. */
export interface FollowDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly progress: Progress;
  readonly connector: ConnectorName;
  /** When the functions were started, ms since 1970. */
  readonly startedAt: number;
  /** ms since 1970 */
  readonly now: () => number;
  /** The limit that was asked for this time: held drops within it are let go. */
  readonly itemLimit?: number;
  /** Whether the connector takes encrypted files. */
  readonly hasKey: boolean;
  /** Address of the admin's page; undefined where nobody is to open it. */
  readonly page: string | undefined;
  /** Whether to end when the first round is done. */
  readonly isOnce: boolean;
  readonly signal: AbortSignal;
  /** Says where everything can be seen. */
  look(): Promise<void>;
  /** Brings new files of the user's folder to the local site. */
  bringFiles(): Promise<unknown>;
}

/** What it came to. */
export interface Followed {
  /** The first round was done, its drops are closed, every number agrees, nothing failed, was rejected or is held. */
  readonly isGood: boolean;
}

type Told = Map<DropId, DropReport | "held">;

const pauseInMs = 500;
/** A site that does not answer has been told of by then. */
const fetchPatienceInMs = 30_000;

/** Shows the drops' progress and each one's summary when it is closed, until the round is done or the signal comes. */
export async function followDrops(deps: FollowDeps): Promise<Followed> {
  const { blobs, progress, signal } = deps;
  const before = await listClosed(blobs);
  const told: Told = new Map();
  let isGood: boolean | undefined;
  let isReplayed = false;
  const wait = waitForFetch(deps);
  await releaseHeld(deps);
  while (!signal.aborted) {
    // In this order: what a finished fetch has begun is still open, or closed by the time the closed ones are read.
    const fetched = await readFirstFetch(deps);
    const open = await listOpen(blobs);
    await tellNew(deps, before, told);
    const first = open.find((drop) => !isTold(drop, told));
    if (first !== undefined) progress.show(await readStanding(blobs, first));
    else if (isGood !== undefined) progress.end();
    else if (fetched === undefined) wait();
    else if (fetched === "done" && told.size === 0 && before.size > 0 && !isReplayed) {
      await replay(deps, before);
      isReplayed = true;
    } else {
      isGood = toVerdict(deps, fetched, told);
      progress.end();
      await deps.look();
      if (deps.isOnce) break;
      progress.say("Waiting for new files; Ctrl-C ends it.");
    }
    await deps.bringFiles();
    await setTimeout(pauseInMs, undefined, { signal }).catch(() => undefined);
  }
  return { isGood: isGood ?? false };
}

/** Makes what shows that the first fetch is waited for, and says once when it takes too long for anything to be in order. */
function waitForFetch({ progress, startedAt, now }: FollowDeps): () => void {
  let isTold = false;
  return () => {
    progress.show("waiting for the site's files");
    if (isTold || now() - startedAt < fetchPatienceInMs) return;
    isTold = true;
    progress.say(
      "- No fetch of the site has come to an end in half a minute. A start with --verbose shows what the functions do.",
    );
  };
}

function isTold({ id, gen, state }: DropState, told: Told): boolean {
  const known = told.get(id);
  return known === "held" ? state === "held" : known !== undefined && known.gen >= gen;
}

function toVerdict({ progress }: FollowDeps, fetched: "done" | "failed", told: Told): boolean {
  if (fetched === "failed") progress.say("! Nothing new was fetched from the site; the reason stands above.");
  else if (told.size === 0) progress.say(noFiles);
  return fetched === "done" && told.size > 0 && [...told.values()].every(isGoodReport);
}

const noFiles =
  "! There is no file on the site that the connector takes: names end in .pgp, .gpg, .asc, .xml, .csv, .zip, .tgz or .tar.gz, and a file must not be empty.";

function isGoodReport(report: DropReport | "held"): boolean {
  if (report === "held") return false;
  return (
    report.isBalanced &&
    report.equation.failed === 0 &&
    report.findings.missing + report.findings.double === 0 &&
    report.files.every(({ state }) => state === "verified" || state === "duplicate")
  );
}

async function tellNew(
  { blobs, progress, hasKey, page }: FollowDeps,
  before: ReadonlyMap<DropId, DropState>,
  told: Told,
) {
  for (const drop of (await listClosed(blobs)).values()) {
    const known = told.get(drop.id);
    const lastGen = known === undefined || known === "held" ? (before.get(drop.id)?.gen ?? 0) : known.gen;
    if (drop.gen <= lastGen) continue;
    const report = (await readDocument(blobs, paths.dropReport(drop.id, drop.gen), dropReport))?.value;
    if (report === undefined) continue;
    told.set(drop.id, report);
    for (const line of toSummary(report, hasKey)) progress.say(line);
  }
  for (const drop of await listOpen(blobs)) {
    if (drop.state !== "held" || told.has(drop.id)) continue;
    told.set(drop.id, "held");
    for (const line of toHeld(drop, await readFilesOf(blobs, drop), { hasKey, page })) progress.say(line);
  }
}

async function readFirstFetch({ blobs, connector, startedAt }: FollowDeps): Promise<"done" | "failed" | undefined> {
  const record = await readFetchRecord(blobs, connector);
  if (record === undefined || record.triedAt < startedAt) return undefined;
  return (record.fetchedAt ?? 0) >= startedAt ? "done" : "failed";
}

/** Who starts with a higher limit has looked at the count that the drop was held for. */
async function releaseHeld(deps: FollowDeps): Promise<void> {
  const { itemLimit } = deps;
  if (itemLimit === undefined) return;
  for (const { id, state, gate } of await listOpen(deps.blobs)) {
    const isWithin = itemLimit === 0 || (gate?.siteDayItems ?? Number.POSITIVE_INFINITY) <= itemLimit;
    if (state !== "held" || !isWithin) continue;
    deps.progress.say(`Drop ${id} was held at the gate and is let go: --limit ${itemLimit}.`);
    await releaseDrop(toAdvanceDeps(deps), id, "npm start");
  }
}

/**
 * The site has nothing new: the drops that are in already are processed once more, as their next generation, which shows
 * that nothing is imported twice.
 */
async function replay(deps: FollowDeps, before: ReadonlyMap<DropId, DropState>): Promise<void> {
  for (const id of before.keys()) {
    deps.progress.say(`Nothing new on the site: drop ${id} is processed once more. What is in a mailbox is skipped.`);
    const asked = await reprocessDrop(toAdvanceDeps(deps), id);
    if (asked.outcome === "refused") deps.progress.say(`! ${asked.reason}`);
  }
}

function toAdvanceDeps({ blobs, queues }: FollowDeps) {
  return { blobs, queues, log: createLog(() => undefined), clock: systemClock, writer: "npm start" };
}
