import { choosePartitions } from "../../shared/gather/partitions.ts";
import { chunkBounds } from "../../shared/pipeline/open-drop-file.ts";
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
  /** What a function takes here on a laptop it takes there too, in a shared core's time. */
  memoryInGb: 2,
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
  /** Timers come every 5 minutes. */
  timersADay: 288,
  /** Of them, those that find a connector due, and those that find its drop open: two hours. */
  fetches: 1,
  openSweeps: 24,
  /** The least that an instance is paid for when it wakes, in s. */
  shortestInSeconds: 1,
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
    sweep: assumed.openSweeps,
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
  readonly gbSeconds: number;
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
    toldInBytes: toTold(days, ran),
    keptInBytes: toKept(days, shape),
    gbSeconds: toSeconds(days, shape, executions, quiet) * assumed.memoryInGb,
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

/** How often the timers find nothing to do. */
function toQuiet({ fetchDrops = 0, sweep = 0 }: Executions): Executions {
  return { fetchDrops: assumed.timersADay - fetchDrops, sweep: assumed.timersADay - sweep };
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

/** Time of instances that are busy: of Graph's share what is assumed, of the rest what was measured. */
function toSeconds(days: readonly DayUsage[], shape: DayShape, executions: Executions, quiet: Executions): number {
  const graph = (shape.available * assumed.graphInSeconds) / assumed.lanes / assumed.sharing;
  const own = modelled.map((name) => {
    const each = medianInSeconds(days, name);
    const times = executions[name] ?? 0;
    // A timer wakes an instance for itself.
    return name in quiet ? Math.max(each, assumed.shortestInSeconds) * times : (each * times) / assumed.sharing;
  });
  return graph + toSum(own) + toSum(Object.values(quiet)) * assumed.shortestInSeconds;
}

function medianInSeconds(days: readonly DayUsage[], name: string): number {
  const each = days.flatMap(({ functions }) => {
    const usage = functions[name];
    return usage === undefined || usage.executions === 0 ? [] : [usage.totalInMs / usage.executions / 1000];
  });
  return each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0;
}

function toTold(days: readonly DayUsage[], executions: number): number {
  const ran = days.map(({ functions }) => [toSum(Object.values(functions).map((usage) => usage.executions))]);
  const [each = 0] = fitNonNegative(
    ran,
    days.map(({ lines, linesInBytes }) => linesInBytes + lines * assumed.logRowInBytes),
  );
  return executions * (each + assumed.hostRowsEach * assumed.hostRowInBytes);
}

/** Containers that keep what a day brings. */
const kept = ["evidence", "ledger", "reports", "state", "feeds", "audit"];

function toKept(days: readonly DayUsage[], { runs, available }: DayShape): number {
  const [eachRun = 0, eachItem = 0] = fitNonNegative(
    days.map(({ shape }) => [shape.runs, shape.available]),
    days.map(({ storedInBytes }) => toSum(kept.map((container) => storedInBytes[container] ?? 0))),
  );
  return runs * eachRun + available * eachItem;
}

function toSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
