import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encryptFor } from "../../sample/encrypt.ts";
import { putOnSite } from "../../start/site-files.ts";
import { toCsv } from "../input/chat-csv.ts";
import type { SoakOptions } from "./options.ts";
import type { SoakDay } from "./soak-day.ts";
import { SoakLog } from "./soak-log.ts";
import { type SoakSystem, startSoakSystem } from "./soak-system.ts";

const firstDay = Date.UTC(2026, 5, 1);
const dayInMs = 86_400_000;
/** The date that the benchmarks' input bears. */
const dateOfInput = "2026-06-03";
/** Timers' runs in which nothing is to be done, of each. */
const quietRuns = 10;
/** Fetches are due each second. */
const betweenFetchesInMs = 1_100;
const patienceInMs = 300_000;

/** Sends day after day through the system. @param tell is told of each day @throws Error when one does not come to its end */
export async function runSoak(
  { days, items, mailboxes, kept }: Omit<SoakOptions, "json">,
  tell: (day: SoakDay) => void,
): Promise<readonly SoakDay[]> {
  const log = new SoakLog();
  const system = await startSoakSystem(mailboxes, (line) => log.take(line));
  try {
    const taken: SoakDay[] = [];
    for (let day = 1; day <= days; day += 1) {
      const one = await runDay(system, log, { day, messages: items, mailboxes, kept });
      tell(one);
      taken.push(one);
    }
    return taken;
  } finally {
    await system.stop();
  }
}

interface DayInput {
  readonly day: number;
  readonly messages: number;
  readonly mailboxes: number;
  readonly kept: number;
}

async function runDay(system: SoakSystem, log: SoakLog, input: DayInput): Promise<SoakDay> {
  const { host } = system;
  const startedAt = performance.now();
  await putDay(system, input);
  log.begin();
  await host.runTimer("fetchDrops");
  await until(log, "the mailboxes are imported into", () => {
    const runs = log.countOf("mailboxes");
    return log.countOf("drop.moved to gathered") > 0 && runs > 0 && log.countOf("run.ended") >= runs;
  });
  await atRest(log);
  // One closes the drop, the next deletes its plaintext.
  await host.runTimer("sweep");
  await host.runTimer("sweep");
  await until(log, "the drop is closed and cleaned", () => log.countOf("drop.plaintext-deleted") > 0);
  await atRest(log);
  const seconds = (performance.now() - startedAt) / 1000;
  const { storage, lists, graph } = log.takeRequests();
  for (let run = 0; run < quietRuns; run += 1) {
    await sleep(betweenFetchesInMs);
    await host.runTimer("fetchDrops");
    await host.runTimer("sweep");
  }
  await atRest(log);
  const quiet = log.takeRequests();
  const memory = await host.memory();
  return {
    ...{ day: input.day, seconds, storage, lists, graph },
    ...{ quietStorage: quiet.storage, quietLists: quiet.lists },
    workerInBytes: memory.worker.presentInBytes,
    hostInBytes: memory.host.presentInBytes,
  };
}

/** The day's file on the site, as of its evening; the site takes away what has lain there long enough. */
async function putDay({ siteFolder, publicKey }: SoakSystem, input: DayInput): Promise<void> {
  const { day, messages, mailboxes, kept } = input;
  const text = [...toCsv({ messages, mailboxes })].join("").replaceAll(dateOfInput, dateOf(day));
  await putOnSite(siteFolder, fileOf(day), startOf(day) + 22 * 3600_000, encryptFor(publicKey, bytesOf(text)));
  if (day > kept) await rm(join(siteFolder, fileOf(day - kept)));
}

function startOf(day: number): number {
  return firstDay + (day - 1) * dayInMs;
}

function dateOf(day: number): string {
  return new Date(startOf(day)).toISOString().slice(0, 10);
}

function fileOf(day: number): string {
  return `chat-${dateOf(day)}.csv.pgp`;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function until(log: SoakLog, what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + patienceInMs;
  while (!isSo()) {
    if (log.faults.length > 0) throw new Error(`something went wrong before ${what}: ${log.faults[0]}`);
    if (performance.now() > end) throw new Error(`it takes too long until ${what}`);
    await sleep(20);
  }
}

/** What an invocation has asked is told at its end: those under way are waited for. */
async function atRest(log: SoakLog): Promise<void> {
  for (let [before, still] = [-1, 0]; still < 10; ) {
    still = log.invocations === before ? still + 1 : 0;
    before = log.invocations;
    await sleep(50);
  }
}
