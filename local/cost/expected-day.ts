import { choosePartitions } from "../../shared/gather/partitions.ts";
import { chunkBounds } from "../../shared/pipeline/to-chunks.ts";
import type { DayShape, DayUsage } from "./day-usage.ts";
import { fitNonNegative } from "./fit-non-negative.ts";
import { fitUsage, modelled, predictCalls } from "./usage-model.ts";

/** What cannot be counted here, and is assumed. */
export const assumed = {
  /** How long Graph takes for one creation, in s; a mailbox has three under way. */
  graphInSeconds: 0.25,
  lanes: 3,
  /** A slice of a mailbox run ends after this, in s. */
  sliceInSeconds: 240,
  /** Invocations that share one busy instance (host.json's batchSize). */
  sharing: 4,
  /** One request to Graph with its item, in bytes; the answer comes back about as large. */
  graphRequestInBytes: 6_000,
  /** What a row costs beside its own text: columns of the table, in bytes. */
  logRowInBytes: 700,
  /** A request to storage, as the storage logs have it. */
  storageLogRowInBytes: 900,
  /** Rows that the host writes of its own for each invocation: its request, its beginning and its end. */
  hostRowsEach: 3,
  hostRowInBytes: 1_100,
  /** How often each queue is looked at by the host or by the platform's scaling, in s; a guess. */
  pollEveryInSeconds: 10,
  queues: 11,
  /** Connectors are looked through every 15 minutes, open drops every 5; with none open every third sweep does everything. */
  fetchTimersADay: 96,
  sweepsADay: 288,
  sweepsToAFullOne: 3,
  /** Of them, those that find a connector due, and those that find its drop open: more than docs/scale.md has minutes for. */
  fetches: 1,
  openSweepsAtLeast: 3,
  availableToAnOpenSweep: 100_000,
} as const;

/** The shape of a day by its items, three mailboxes each. */
export function toShape(items: number, mailboxes: number): DayShape {
  const available = items * 3;
  return {
    ...{ items, available, runs: mailboxes, files: 3 },
    chunks: Math.ceil(items / chunkBounds.items) + 2,
    persons: Math.round(mailboxes * 2.5),
    partitions: choosePartitions(mailboxes, available),
  };
}

/** How often each function has something to do on a day of that shape. */
export function predictExecutions(shape: DayShape): Record<string, number> {
  const itemsASlice = (assumed.sliceInSeconds / assumed.graphInSeconds) * assumed.lanes;
  return {
    fetchDrops: assumed.fetches,
    sweep: assumed.openSweepsAtLeast + Math.ceil(shape.available / assumed.availableToAnOpenSweep),
    openDropFile: shape.files,
    mapChats: shape.chunks,
    gatherMailboxes: shape.partitions,
    importMailbox: shape.runs + Math.floor(shape.available / itemsASlice),
  };
}

/** What a day takes, added up. */
export interface ExpectedDay {
  readonly shape: DayShape;
  readonly executions: number;
  /** Time of busy instances in which they wait for Graph, and in which they work as one core does; timers not in it. */
  readonly waitingInSeconds: number;
  readonly workingInSeconds: number;
  /** Runs of timers, each of which wakes an instance for itself: how often, and for how long one core works. */
  readonly wakings: readonly Waking[];
  readonly blobWrites: number;
  readonly blobReads: number;
  readonly blobLists: number;
  readonly queues: number;
  readonly vault: number;
  readonly graph: number;
  /** Lines of the functions and of the host. */
  readonly toldInBytes: number;
  /** What is kept until retention ends it. */
  readonly keptInBytes: number;
}

/** Runs of one kind of timer. */
export interface Waking {
  readonly times: number;
  readonly eachInSeconds: number;
}

const lists: readonly string[] = ["blobs list"];
const free: readonly string[] = ["blobs delete"];
const reads: readonly string[] = [
  "blobs read",
  "blobs look at",
  "blobs lease",
  "blobs renew the lease of",
  "blobs give back the lease of",
];

/** What a day of that shape takes, by what was counted on sample days. */
export function expectDay(days: readonly DayUsage[], shape: DayShape): ExpectedDay {
  const executions = predictExecutions(shape);
  const quiet = toQuiet(executions);
  const ran = toSum(Object.values(executions)) + toSum(Object.values(quiet));
  const calls = toCalls(days, shape, executions, quiet);
  const of = (test: (operation: string) => boolean): number =>
    toSum([...calls].map(([operation, count]) => (test(operation) ? count : 0)));
  const messages = shape.chunks + shape.partitions + (executions["importMailbox"] ?? 0) + shape.files;
  return {
    shape,
    executions: ran,
    ...{ toldInBytes: toTold(days, executions, quiet), keptInBytes: toKept(days, shape) },
    waitingInSeconds: (shape.available * assumed.graphInSeconds) / assumed.lanes / assumed.sharing,
    workingInSeconds: toWorking(days, executions),
    wakings: toWakings(days, executions, quiet),
    blobReads: of((operation) => reads.includes(operation)),
    blobLists: of((operation) => lists.includes(operation)),
    blobWrites: of((operation) => operation.startsWith("blobs ") && ![...reads, ...lists, ...free].includes(operation)),
    // The host takes and deletes each message.
    queues: of((operation) => operation.startsWith("queues ")) + 2 * messages,
    vault: of((operation) => operation.startsWith("vault ")),
    graph: of((operation) => operation.startsWith("graph ")),
  };
}

type Executions = Readonly<Record<string, number>>;

/** How often the timers find nothing to do, by kind of run. */
function toQuiet({ fetchDrops = 0, sweep = 0 }: Executions): Executions {
  const sweeps = assumed.sweepsADay - sweep;
  const sweepFull = sweeps / assumed.sweepsToAFullOne;
  return { fetchDrops: assumed.fetchTimersADay - fetchDrops, sweep: sweeps - sweepFull, sweepFull };
}

function toCalls(
  days: readonly DayUsage[],
  shape: DayShape,
  executions: Executions,
  quiet: Executions,
): ReadonlyMap<string, number> {
  const model = fitUsage(days);
  const calls = new Map<string, number>();
  const add = (counts: Readonly<Record<string, number>>, times = 1): void => {
    for (const [operation, count] of Object.entries(counts)) {
      calls.set(operation, (calls.get(operation) ?? 0) + count * times);
    }
  };
  for (const name of modelled) add(predictCalls(model, name, shape, executions[name] ?? 0));
  for (const [name, times] of Object.entries(quiet)) {
    const usages = days.flatMap((day) => day.quiet[name] ?? []);
    const counted = toSum(usages.map((usage) => usage.executions));
    for (const usage of usages) add(usage.calls, times / counted);
  }
  return calls;
}

const timers: readonly string[] = ["fetchDrops", "sweep"];

/** What a function takes here on a laptop it takes there too, of a core. */
function toWorking(days: readonly DayUsage[], executions: Executions): number {
  const own = modelled.filter((name) => !timers.includes(name));
  return toSum(own.map((name) => medianInSeconds(days, "functions", name) * (executions[name] ?? 0))) / assumed.sharing;
}

function toWakings(days: readonly DayUsage[], executions: Executions, quiet: Executions): Waking[] {
  const at =
    (when: "functions" | "quiet") =>
    ([name, times]: [string, number]) => ({
      times,
      eachInSeconds: medianInSeconds(days, when, name),
    });
  const busy = Object.entries(executions).filter(([name]) => timers.includes(name));
  return [...busy.map(at("functions")), ...Object.entries(quiet).map(at("quiet"))];
}

function medianInSeconds(days: readonly DayUsage[], when: "functions" | "quiet", name: string): number {
  const each = days.flatMap((day) => {
    const usage = day[when][name];
    return usage === undefined || usage.executions === 0 ? [] : [usage.totalInMs / usage.executions / 1000];
  });
  return each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0;
}

/** Each function tells about as much of each run. */
function toTold(days: readonly DayUsage[], executions: Executions, quiet: Executions): number {
  const of = (when: "functions" | "quiet", runs: Executions): number =>
    toSum(Object.entries(runs).map(([name, times]) => times * toldEach(days, when, name)));
  return of("functions", executions) + of("quiet", quiet);
}

function toldEach(days: readonly DayUsage[], when: "functions" | "quiet", name: string): number {
  const usages = days.flatMap((day) => day[when][name] ?? []);
  const told = toSum(usages.map(({ lines, linesInBytes }) => linesInBytes + lines * assumed.logRowInBytes));
  const each = told / Math.max(1, toSum(usages.map((usage) => usage.executions)));
  return each + assumed.hostRowsEach * assumed.hostRowInBytes;
}

/** Containers that keep what a day brings. */
const kept = ["evidence", "ledger", "reports", "state", "feeds", "audit"];

/** A day's attachments are much the same, whatever the size of a sample. */
function toKept(days: readonly DayUsage[], { runs, available }: DayShape): number {
  const [eachDay = 0, eachRun = 0, eachItem = 0] = fitNonNegative(
    days.map(({ shape }) => [1, shape.runs, shape.available]),
    days.map(({ storedInBytes }) => toSum(kept.map((container) => storedInBytes[container] ?? 0))),
  );
  return eachDay + runs * eachRun + available * eachItem;
}

function toSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
