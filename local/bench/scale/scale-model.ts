import { predictWork, type Rates, type StageWork } from "./fit-days.ts";
import { limits, type Place, waits } from "./place.ts";
import type { ScaleDay } from "./scale-day.ts";

/** A stage of a day: how long it takes, and what bounds it. */
export interface StageTime {
  readonly stage: "fetch" | "cut and map" | "gather" | "import" | "close";
  readonly seconds: number;
  readonly bound: string;
}

/** How long a day takes. */
export interface DayTime {
  readonly stages: readonly StageTime[];
  readonly seconds: number;
  /** What bounds the longest stage. */
  readonly bound: string;
  /** Instances that import at the end. */
  readonly instances: number;
  /** Requests to Graph in a second while importing, on the average. */
  readonly graphPerSecond: number;
  /** The longest invocation of each kind that cannot be shared out, in seconds. */
  readonly longest: Readonly<Record<Invocation, number>>;
}

/** Invocations that grow with the drop. */
export type Invocation = "download" | "verify" | "open" | "people" | "partition" | "close";

/** Reads of a partition under way at once, persons looked up at once, results read at once: the widths in the code. */
const ahead = { partition: 4, people: 16, close: 8 } as const;
/** In one process partitions take turns. */
const partitionsAtOnce = 1;
const pageLength = 500;

/** Predicts how long a day takes at a place. */
export function predictDay(rates: Rates, day: ScaleDay, place: Place): DayTime {
  const work = predictWork(rates, day);
  const people = predictWork(rates, { ...day, items: 0, chunks: 0 }).open;
  const longest = toLongest(work, people, day, place);
  const importing = toImport(work.import, day, place);
  const stages: StageTime[] = [
    toFetch(longest),
    toFanOut(work, longest, place),
    toGather(work.gather, day, longest, place),
    importing,
    {
      stage: "close",
      seconds: waits.sweep + longest.close,
      bound: waits.sweep > longest.close ? "the sweep's turn" : "one invocation",
    },
  ];
  const slowest = stages.reduce((most, stage) => (stage.seconds > most.seconds ? stage : most));
  return {
    stages,
    longest,
    seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0),
    bound: slowest.bound,
    instances: importing.instances,
    graphPerSecond: work.import.graph / importing.seconds,
  };
}

function toLongest(
  { fetch, open, gather, close }: ReturnType<typeof predictWork>,
  people: StageWork,
  { plainInBytes, files, partitions }: ScaleDay,
  { siteInBytesPerSecond, storageInSeconds, directoryInSeconds }: Place,
): DayTime["longest"] {
  return {
    // As if nothing of it could be compressed.
    download: plainInBytes / siteInBytesPerSecond,
    verify: fetch.cpuInSeconds + fetch.storage * storageInSeconds,
    // Everybody is looked up before the first file is cut.
    open: (open.cpuInSeconds - people.cpuInSeconds + (open.storage - people.storage) * storageInSeconds) / files,
    people:
      people.cpuInSeconds + (people.graph * directoryInSeconds + people.storage * storageInSeconds) / ahead.people,
    partition: (gather.cpuInSeconds + (gather.storage * storageInSeconds) / ahead.partition) / partitions,
    close: close.cpuInSeconds + (close.storage * storageInSeconds) / ahead.close,
  };
}

function toFetch({ download, verify }: DayTime["longest"]): StageTime {
  const seconds = waits.settle + download + verify;
  const bound =
    waits.settle > download + verify
      ? "two looks at the site"
      : download > verify
        ? "the line to the site"
        : "one core";
  return { stage: "fetch", seconds, bound };
}

/** Everybody is looked up first; then chunks are mapped while others are still cut. */
function toFanOut(work: ReturnType<typeof predictWork>, { open, people }: DayTime["longest"], place: Place): StageTime {
  const waiting = work.map.storage * place.storageInSeconds;
  const mapping = rampUp(toInstanceSeconds(work.map.cpuInSeconds, waiting, place), place).seconds;
  const bounds = [
    { seconds: open, bound: "one invocation cuts a file" },
    { seconds: people, bound: "looking people up" },
    { seconds: mapping, bound: "instances" },
  ];
  const { bound } = longestOf(bounds);
  return { stage: "cut and map", seconds: 2 * waits.poll + people + Math.max(open, mapping), bound };
}

function toGather(
  { cpuInSeconds, storage }: StageWork,
  { partitions }: ScaleDay,
  { partition }: DayTime["longest"],
  place: Place,
): StageTime {
  const waiting = (storage * place.storageInSeconds) / ahead.partition;
  const most = { ...place, instances: Math.min(place.instances, partitions) };
  const inTurn = { ...place, messagesAtOnce: partitionsAtOnce };
  const shared = rampUp(toInstanceSeconds(cpuInSeconds, waiting, inTurn), most).seconds;
  const { seconds, bound } = longestOf([
    { seconds: partition, bound: "one partition" },
    { seconds: shared, bound: "instances" },
  ]);
  return { stage: "gather", seconds: waits.poll + seconds, bound };
}

function toImport(work: StageWork, day: ScaleDay, place: Place): StageTime & { readonly instances: number } {
  const eachRun = work.storage / day.available;
  const inMailbox = (day.available * place.graphInSeconds) / place.lanes + day.mailboxes * toFixed(place);
  const reading = (day.available / pageLength) * place.pageInSeconds;
  const waiting = inMailbox + reading + work.storage * place.storageInSeconds;
  const most = { ...place, instances: Math.min(place.instances, Math.ceil(day.mailboxes / place.messagesAtOnce)) };
  const shared = rampUp(toInstanceSeconds(work.cpuInSeconds, waiting, place), most);
  const { seconds, bound } = longestOf([
    { seconds: toBusiest(day.busiest, eachRun, place), bound: "one busy mailbox" },
    { seconds: shared.seconds, bound: shared.isRamping ? "starting instances" : "instances" },
    { seconds: work.graph / limits.appPerSecond, bound: "Graph's limit for the app" },
    { seconds: work.storage / limits.storagePerSecond, bound: "the storage account's limit" },
  ]);
  return { stage: "import", seconds: waits.poll + seconds, bound, instances: shared.instances };
}

/** Of each run: finding root and folder, and one page when it is read back. */
function toFixed({ directoryInSeconds, pageInSeconds }: Place): number {
  return 2 * directoryInSeconds + pageInSeconds;
}

/** One mailbox by itself: its lanes, Graph's limit for it where it is met, its storage operations, its pages. */
function toBusiest(items: number, storageEach: number, place: Place): number {
  const byLanes = place.graphInSeconds / place.lanes;
  const each = items > limits.mailboxPerSecond * 600 ? Math.max(byLanes, 1 / limits.mailboxPerSecond) : byLanes;
  return toFixed(place) + items * (each + storageEach * place.storageInSeconds + place.pageInSeconds / pageLength);
}

/** Time of whole instances: their messages wait side by side, and compute one after the other. */
function toInstanceSeconds(cpuInSeconds: number, waitingInSeconds: number, { messagesAtOnce, cores }: Place): number {
  return Math.max((cpuInSeconds + waitingInSeconds) / messagesAtOnce, cpuInSeconds / cores);
}

/** How long work takes while instances are still being added: some at a time, up to the most. */
export function rampUp(
  instanceSeconds: number,
  { instances: most, newInstances: { count, everyInSeconds } }: Pick<Place, "instances" | "newInstances">,
): { readonly seconds: number; readonly instances: number; readonly isRamping: boolean } {
  let [left, seconds, instances] = [instanceSeconds, 0, Math.min(count, most)];
  while (instances < most && left > instances * everyInSeconds) {
    left -= instances * everyInSeconds;
    seconds += everyInSeconds;
    instances = Math.min(most, instances + count);
  }
  const isRamping = instances < most || seconds > left / instances;
  return { seconds: seconds + left / instances, instances, isRamping };
}

function longestOf(bounds: readonly { readonly seconds: number; readonly bound: string }[]) {
  const [first, ...others] = bounds;
  if (first === undefined) throw new RangeError("nothing bounds a stage");
  return others.reduce((most, one) => (one.seconds > most.seconds ? one : most), first);
}
