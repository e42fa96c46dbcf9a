import { isDeepStrictEqual } from "node:util";
import { inLanes } from "../../shared/import/lanes.ts";
import { type AnyWorld, type Outcome, outcomeOf, putEncryptedDrop } from "../fault/pipeline/a-drop.ts";
import {
  type AzuriteOfWorlds,
  type AzuriteWorldStorage,
  startAzuriteOfWorlds,
} from "../support/azurite-world-storage.ts";
import { FaultyPorts, type PortFault } from "../support/faulty-port.ts";
import { DropWorld, PipelineWorld } from "../support/pipeline-world.ts";
import { type CallFaultName, isPortFault, type PortFaultName, portFaults, requestFaults } from "./call-faults.ts";

/** What a sweep strikes. */
export interface SweepOptions {
  readonly store: "azurite" | "memory";
  readonly faults: readonly CallFaultName[];
  /** Only every so-manyth call. */
  readonly stride: number;
  /** Further faults in the same run, each so many calls after the last; 0 = one fault a run. */
  readonly apart: number;
  /** Worlds at once. */
  readonly lanes: number;
}

/** What a sweep came to. */
export interface SweepResult {
  /** Calls of a run without faults: to each port, and requests of each operation to storage. */
  readonly calls: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly faults: number;
  readonly lost: number;
  readonly doubled: number;
  readonly differentReports: number;
  /** The runs that went wrong, and how. */
  readonly wrong: readonly string[];
}

interface Figures {
  runs: number;
  faults: number;
  lost: number;
  doubled: number;
  differentReports: number;
  readonly wrong: string[];
}

/** A world of a run, and what ends its storage. */
interface Opened {
  readonly world: AnyWorld;
  readonly storage?: AzuriteWorldStorage;
  close(): Promise<void>;
}

type Open = (tryTimeoutInMs?: number) => Promise<Opened>;

/** What stalls is tried again after so long, in real ms; one more on a slow machine does no harm. */
const stalledAfterInMs = 600;

const longestInMs = 3 * 24 * 3600_000;
const mostDeaths = 40;

/** Runs a whole drop again and again, another call going wrong each time, and compares what it comes to with a run without faults. */
export async function sweepCalls(options: SweepOptions, say: (line: string) => void): Promise<SweepResult> {
  const figures: Figures = { runs: 0, faults: 0, lost: 0, doubled: 0, differentReports: 0, wrong: [] };
  const { open, stop } = await openStore(options.store);
  try {
    const { expected, portCalls, blobRequests, calls } = await runWithoutFaults(open);
    for (const fault of options.faults) {
      const requests = [...calls].reduce((sum, [name, count]) => (name.startsWith("request ") ? sum + count : sum), 0);
      const most = isPortFault(fault) ? portCalls : requests;
      await inLanes([...numbersTo(most, options)], options.lanes, (nth) =>
        strike(open, { fault, nth, apart: options.apart, most, blobRequests }, expected, figures),
      );
      const { runs, faults, lost, doubled, differentReports } = figures;
      say(
        `${fault}: so far ${runs} runs, ${faults} faults, lost ${lost}, doubled ${doubled}, reports ${differentReports}`,
      );
    }
    return { ...figures, calls };
  } finally {
    await stop();
  }
}

async function openStore(store: "azurite" | "memory"): Promise<{ open: Open; stop(): Promise<void> }> {
  if (store === "memory") {
    const open = async () => ({ world: new PipelineWorld(), close: async () => undefined });
    return { open, stop: async () => undefined };
  }
  let newest = startAzuriteOfWorlds(accountsAtOnce);
  const inUse = new Map<AzuriteOfWorlds, number>();
  const open: Open = async (tryTimeoutInMs) => {
    let mine = await newest;
    for (let seen = newest; mine.left === 0; seen = newest, mine = await newest) {
      if (seen === newest) newest = startAzuriteOfWorlds(accountsAtOnce);
    }
    inUse.set(mine, (inUse.get(mine) ?? 0) + 1);
    const storage = await mine.open(tryTimeoutInMs);
    const close = async (): Promise<void> => {
      await storage.close();
      const left = (inUse.get(mine) ?? 0) - 1;
      inUse.set(mine, left);
      if (mine.left > 0 || left > 0) return;
      inUse.delete(mine);
      await mine.stop();
    };
    return { world: new DropWorld(storage), storage, close };
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...inUse.keys(), await newest].map((one) => one.stop()));
  };
  return { open, stop };
}

/** A new Azurite after so many: what an old one holds in memory only grows, by ten megabytes a drop. */
const accountsAtOnce = 50;

async function runWithoutFaults(open: Open) {
  const { world, storage, close } = await open();
  await putEncryptedDrop(world);
  await world.runUntilQuiet();
  const calls = new Map<string, number>();
  for (const { port } of world.process.ports.calls) {
    const name = `port ${port.split(".")[0]}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
  }
  for (const proxy of storage === undefined ? [] : [storage.blobProxy, storage.queueProxy]) {
    for (const [operation, count] of proxy.counts) calls.set(`request ${operation}`, count);
  }
  const blobRequests = [...(storage?.blobProxy.counts.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const expected = await outcomeOf(world);
  await close();
  return { expected, calls, blobRequests, portCalls: world.process.ports.calls.length };
}

interface Strike {
  readonly fault: CallFaultName;
  readonly nth: number;
  readonly apart: number;
  readonly most: number;
  readonly blobRequests: number;
}

async function strike(open: Open, plan: Strike, expected: Outcome, figures: Figures): Promise<void> {
  const { world, storage, close } = await open(plan.fault.startsWith("stall") ? stalledAfterInMs : undefined);
  try {
    await putEncryptedDrop(world);
    const count = isPortFault(plan.fault) ? planPorts(world, plan, plan.fault) : planRequests(storage, plan);
    await world.runUntilQuiet(longestInMs);
    figures.faults += count();
    compare(await outcomeOf(world), expected, figures, `${plan.fault} at ${plan.nth}`);
  } catch (error) {
    figures.wrong.push(`${plan.fault} at ${plan.nth}: ${String(error)}`);
  } finally {
    figures.runs += 1;
    await close();
  }
}

/** @returns what tells how many faults have struck */
function planPorts(world: AnyWorld, { nth, apart, most }: Strike, name: PortFaultName): () => number {
  const { what, when } = portFaults[name];
  const once = (at: number): PortFault => ({ nth: at, what, when });
  // The process dies of it, and the next one again after so many calls.
  const isDeadly = what !== "throw";
  const further =
    apart === 0 ? [] : Array.from({ length: Math.floor((most - nth) / apart) }, (_, n) => nth + (n + 1) * apart);
  const processes = isDeadly
    ? [new FaultyPorts(once(nth)), ...further.slice(0, mostDeaths).map(() => new FaultyPorts(once(apart)))]
    : [new FaultyPorts(once(nth), ...further.map(once))];
  const [first, ...then] = processes;
  world.start(first, ...then);
  return () => processes.reduce((sum, ports) => sum + ports.struck, 0);
}

function planRequests(storage: AzuriteWorldStorage | undefined, { fault, nth, apart, most, blobRequests }: Strike) {
  if (storage === undefined || isPortFault(fault)) throw new RangeError(`${fault} needs a store with requests`);
  const action = requestFaults[fault];
  const { blobProxy, queueProxy } = storage;
  if (nth > blobRequests) queueProxy.plan({ nth: nth - blobRequests, action });
  else {
    const further = apart === 0 ? 0 : Math.floor((most - nth) / apart);
    blobProxy.plan(...Array.from({ length: further + 1 }, (_, n) => ({ nth: nth + n * apart, action })));
  }
  return () => blobProxy.struck + queueProxy.struck;
}

function compare(outcome: Outcome, expected: Outcome, figures: Figures, name: string): void {
  if (isDeepStrictEqual(outcome, expected)) return;
  let [lost, doubled] = [0, 0];
  for (const owner of ["ann", "bob", "cid"] as const) {
    lost += withoutEach(expected.mailboxes[owner], outcome.mailboxes[owner]);
    doubled += withoutEach(outcome.mailboxes[owner], expected.mailboxes[owner]);
  }
  const isOtherReport =
    !isDeepStrictEqual(outcome.report, expected.report) || !isDeepStrictEqual(outcome.files, expected.files);
  figures.lost += lost;
  figures.doubled += doubled;
  figures.differentReports += isOtherReport ? 1 : 0;
  figures.wrong.push(`${name}: lost ${lost}, doubled ${doubled}${isOtherReport ? ", another report" : ""}`);
}

/** How many of `all` are left when each of `others` has taken one like it away. */
function withoutEach(all: readonly string[], others: readonly string[]): number {
  const left = [...others];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

/** With faults apart, the first ones of the runs together with the further ones strike every call. */
function* numbersTo(most: number, { stride, apart }: SweepOptions): Iterable<number> {
  const end = apart === 0 ? most : Math.min(most, apart);
  for (let nth = 1; nth <= end; nth += stride) yield nth;
}
