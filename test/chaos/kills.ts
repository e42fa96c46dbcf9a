import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { RunningHost } from "../../local/host/start-host.ts";
import type { Random } from "../../local/sample/random.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import type { Supervised } from "./supervised.ts";

/** What is killed: the functions' process, their host with it, storage, Entra with Key Vault and Graph, the SFTP site. */
export type Victim = "worker" | "host" | "storage" | "microsoft" | "site";

const victims: readonly Victim[] = [
  ...Array<Victim>(8).fill("worker"),
  ...Array<Victim>(4).fill("host"),
  ...Array<Victim>(3).fill("storage"),
  ...Array<Victim>(3).fill("microsoft"),
  ...Array<Victim>(2).fill("site"),
];

/** The functions whose running is waited for, so that every stage is struck however short it is. */
const aims = [
  "fetchDrops",
  "openDropFile",
  "mapChats",
  "gatherMailboxes",
  "importMailbox",
  "importMailbox",
  "sweep",
] as const;
/** And so long at most: while locks of the dead run out there is nothing to do. */
const longestPauseInMs = 6000;
/** A stage that does not come up while it is waited for is not struck this time. */
const longestAimInMs = 3000;

/** A kill to come. */
export interface KillPlan {
  readonly victim: Victim;
  /** So many runs of functions come before it: on a slow machine something has to be done between two kills too. */
  readonly afterRuns: number;
  /** The function that is waited for; undefined: whatever runs. */
  readonly aim: string | undefined;
  /** How long after its beginning. */
  readonly delayInMs: number;
  /** Which host, where there is a choice: from 0 to 1. */
  readonly which: number;
}

/** A kill that was done, and the functions that were under way. */
export interface Kill {
  readonly victim: Victim;
  readonly underWay: readonly string[];
}

/** Draws the next kill. */
export function drawKill(random: Random, meanRuns: number): KillPlan {
  const victim = random.pick(victims);
  const isAimed = random.chance(0.6);
  const aim = victim === "site" ? "fetchDrops" : random.pick(aims);
  const afterRuns = Math.round(random.next() * 2 * meanRuns);
  const delayInMs = random.chance(0.3) ? 0 : random.next() * random.pick([20, 100, 600]);
  return { victim, afterRuns, aim: isAimed ? aim : undefined, delayInMs, which: random.next() };
}

/** Waits for the moment and kills. Undefined when the run was broken off meanwhile. */
export async function doKill(system: ChaosSystem, plan: KillPlan, signal: AbortSignal): Promise<Kill | undefined> {
  const { inFlight, hosts } = system;
  await inFlight.untilDone(plan.afterRuns, AbortSignal.any([signal, AbortSignal.timeout(longestPauseInMs)]));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestAimInMs)]);
  const struck = plan.aim === undefined ? undefined : await inFlight.untilBegun(plan.aim, limit);
  await sleep(plan.delayInMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return undefined;
  const host = hosts.find(({ name }) => name === struck) ?? hosts[Math.floor(plan.which * hosts.length)];
  if (host === undefined) throw new Error("there is no host");
  const isOfHost = plan.victim === "worker" || plan.victim === "host";
  const underWay = inFlight.running(isOfHost ? host.name : undefined);
  return (await strike(system, plan.victim, host)) ? { victim: plan.victim, underWay } : undefined;
}

async function strike(system: ChaosSystem, victim: Victim, host: Supervised<RunningHost>): Promise<boolean> {
  if (victim === "worker") return await killWorker(await host.current());
  const part = victim === "host" ? host : system[victim];
  const { pid, exited } = await part.current();
  if (!send(pid, "SIGKILL")) return false;
  await exited;
  return true;
}

async function killWorker(host: RunningHost): Promise<boolean> {
  const workers = await workersOf(host);
  return workers.map((pid) => send(pid, "SIGKILL")).includes(true);
}

/** A host's children: the functions' process, while there is one. */
export async function workersOf({ pid }: Pick<RunningHost, "pid">): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="], { maxBuffer: 2 ** 24 });
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

/** Sends a signal; false when there is no such process any more. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
