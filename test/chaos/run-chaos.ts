import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../local/sample/random.ts";
import { StorageFault } from "../../shared/store/storage-fault.ts";
import type { ChaosOptions } from "./chaos-options.ts";
import { type ChaosSystem, startChaosSystem } from "./chaos-system.ts";
import { type Disturbance, keepDisturbing } from "./disturb.ts";
import { Feeder, sampleOf } from "./feeder.ts";
import { type Judgement, judge } from "./judge.ts";
import { doKill, drawKill, type Kill } from "./kills.ts";
import { untilQuiet } from "./until-quiet.ts";

/** What a run came to, and what was done to it. */
export interface ChaosResult extends Judgement {
  readonly kills: readonly Kill[];
  readonly disturbances: readonly Disturbance[];
  readonly graphFaults: number;
  readonly drops: number;
  readonly resent: number;
  readonly replays: number;
  /** Chat items of all drops, those sent again not counted. */
  readonly items: number;
  /** What was not done in time. */
  readonly unfinished: readonly string[];
  /** How often the functions logged some events. */
  readonly events: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/**
 * Runs the local system with several function hosts, kills its processes until that was done often enough while drops
 * come in again and again, waits until quiet and judges.
 * @param say takes a line of progress from time to time
 * @throws the signal's reason when it is broken off; everything is ended then
 */
export async function runChaos(
  options: ChaosOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<ChaosResult> {
  const began = performance.now();
  const { directory, mapping } = sampleOf(options, options.format ?? "flat-csv", 0);
  const system = await startChaosSystem(options, { directory, mapping });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.minutes * 60_000)]);
    const feeder = new Feeder(system, options, new Random(`${options.seed}/feeder`));
    const { kills, disturbances } = await Promise.race([torment(system, options, feeder, limit, say), system.failed]);
    say(`${since(began)} s: ${kills.length} kills are done; waiting until quiet`);
    const unfinished = [...(await untilQuiet(system, feeder, limit))];
    // Of a run that is broken off nothing can be said.
    signal.throwIfAborted();
    if (kills.length < options.kills) unfinished.push(`${options.kills - kills.length} kills were not done`);
    await system.stopHosts();
    const judgement = await judge(system, feeder);
    return { ...toResult(system, feeder), ...judgement, kills, disturbances, unfinished, seconds: since(began) };
  } finally {
    await system.close();
  }
}

async function torment(
  system: ChaosSystem,
  options: ChaosOptions,
  feeder: Feeder,
  limit: AbortSignal,
  say: (line: string) => void,
): Promise<Pick<ChaosResult, "kills" | "disturbances">> {
  const kills: Kill[] = [];
  const done = new AbortController();
  const ending = AbortSignal.any([limit, done.signal]);
  const feeding = keepFeeding(feeder, ending);
  const disturbing = keepDisturbing(system, new Random(`${options.seed}/disturb`), ending);
  const random = new Random(`${options.seed}/kills`);
  const began = performance.now();
  try {
    while (kills.length < options.kills && !limit.aborted) {
      const kill = await Promise.race([doKill(system, drawKill(random, options.runs), limit), feeding.failed]);
      if (kill === undefined) continue;
      kills.push(kill);
      if (kills.length % 10 === 0) {
        say(`${since(began)} s: ${kills.length} kills, ${feeder.days.length} drops, ${feeder.resent} files again`);
      }
    }
  } finally {
    done.abort();
    await feeding.ended;
  }
  return { kills, disturbances: await disturbing };
}

/** Feeds until the signal comes, and at least once. */
function keepFeeding(feeder: Feeder, signal: AbortSignal): { failed: Promise<never>; ended: Promise<void> } {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const feed = async (): Promise<void> => {
    do {
      await unlessAway(() => feeder.feed());
      await sleep(300, undefined, { signal }).catch(() => undefined);
    } while (!signal.aborted);
  };
  return { failed, ended: feed().catch(reject) };
}

/** Storage that has just been killed is asked again later. */
async function unlessAway(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof StorageFault)) throw error;
  });
}

function toResult(system: ChaosSystem, feeder: Feeder) {
  const { days, resent, replays } = feeder;
  const items = days.reduce((sum, { options }) => sum + options.messages, 0);
  return {
    graphFaults: system.graphFaultHits(),
    drops: days.length,
    resent,
    replays,
    items,
    events: system.events,
  };
}

function since(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}
