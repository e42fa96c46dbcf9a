import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../local/sample/random.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import { send, workersOf } from "./kills.ts";

/** Done besides killing: a process stands still for longer than its locks hold and then goes on; a host is scaled in. */
export type Disturbance = "freeze" | "scale-in";

/** Longer than LOCK_SECONDS, so that somebody else has taken over when it wakes. */
const frozenInMs = 17_000;
const betweenInMs = 4000;

/** Freezes and scales in, one after the other, until the signal comes. @returns what was done */
export async function keepDisturbing(system: ChaosSystem, random: Random, signal: AbortSignal): Promise<Disturbance[]> {
  const done: Disturbance[] = [];
  while (!signal.aborted) {
    await sleep(random.next() * 2 * betweenInMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const kind = random.pick(["freeze", "scale-in"] as const);
    if (await (kind === "freeze" ? freeze(system, signal) : scaleIn(system, random))) done.push(kind);
  }
  return done;
}

/** The functions' process of a host that is importing, as a laptop's sleep or a starved machine does it. */
async function freeze({ hosts, inFlight }: ChaosSystem, signal: AbortSignal): Promise<boolean> {
  const name = await inFlight.untilBegun("importMailbox", AbortSignal.any([signal, AbortSignal.timeout(5000)]));
  const host = hosts.find((one) => one.name === name)?.living;
  if (host === undefined) return false;
  const workers = await workersOf(host);
  for (const pid of workers) send(pid, "SIGSTOP");
  await sleep(frozenInMs, undefined, { signal }).catch(() => undefined);
  for (const pid of workers) send(pid, "SIGCONT");
  return workers.length > 0;
}

/** No new work, a few seconds for what runs, then the end, whatever is under way; another host takes its place. */
async function scaleIn({ hosts }: ChaosSystem, random: Random): Promise<boolean> {
  const host = random.pick(hosts).living;
  if (host === undefined) return false;
  const { signal } = await host.stop();
  return signal === null;
}
