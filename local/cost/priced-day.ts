import { assumed, type ExpectedDay } from "./expected-day.ts";
import { prices, type StorageSku } from "./prices.ts";

/** One environment, as far as it costs. */
export interface PricedEnvironment {
  readonly name: string;
  /** Memory of an instance; a quarter of a core comes with each half GB, one at most (instances of 4 GB have two). */
  readonly memoryInGb: number;
  readonly storageSku: StorageSku;
  readonly logsReads: boolean;
  readonly privateEndpoints: number;
  /** Alert rules by what they cost. */
  readonly alerts: { readonly every5Minutes: number; readonly every15Minutes: number; readonly metrics: number };
}

/** One position of a day's bill. */
export interface Position {
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  /** US dollars. */
  readonly cost: number;
}

/** A day's bill. */
export interface PricedDay {
  /** Operations that were counted, and the time in which they are made: what the day's items set going, and the timers. */
  readonly operations: readonly Position[];
  /** Bytes that come with them: to Graph, into the logs, into what is kept. */
  readonly bytes: readonly Position[];
  /** What each day costs, whatever comes. */
  readonly fixed: readonly Position[];
}

const gigabyte = 1e9;
const dayInSeconds = 86_400;
const monthsADay = 12 / 365;

/** The bill of a day in that environment, nothing free. */
export function priceDay(day: ExpectedDay, environment: PricedEnvironment): PricedDay {
  return {
    operations: toOperations(day, environment),
    bytes: toBytes(day, environment),
    fixed: toFixed(environment),
  };
}

/** What of the bill the free grants of a month come to, for an app that is alone in its subscription. */
export function toGranted(day: ExpectedDay, environment: PricedEnvironment): number {
  const free = (used: number, aMonth: number): number => Math.min(used, aMonth * monthsADay);
  return (
    free(day.executions, prices.freeExecutionsAMonth) * (prices.executionsPerMillion / 1e6) +
    free(toGbSeconds(day, environment), prices.freeGbSecondsAMonth) * prices.onDemandPerGbSecond
  );
}

/**
 * GB-seconds that are paid for: waiting takes as long on any instance, work longer on one with less than a core. An instance
 * that wakes is paid for a second at least, then by the tenth.
 */
export function toGbSeconds(day: ExpectedDay, { memoryInGb }: Pick<PricedEnvironment, "memoryInGb">): number {
  const cores = Math.min(1, memoryInGb / 2);
  const woken = day.wakings.map(
    ({ times, eachInSeconds }) => times * Math.max(1, Math.ceil((eachInSeconds / cores) * 10) / 10),
  );
  const seconds = day.waitingInSeconds + day.workingInSeconds / cores + woken.reduce((sum, each) => sum + each, 0);
  return seconds * memoryInGb;
}

function toOperations(day: ExpectedDay, environment: PricedEnvironment): Position[] {
  const storage = prices.storage[environment.storageSku];
  return [
    position("executions", day.executions, "", prices.executionsPerMillion / 1e6),
    position("compute", toGbSeconds(day, environment), "GB-s", prices.onDemandPerGbSecond),
    position("blob writes", day.blobWrites, "", storage.write / 1e4),
    position("blob reads, leases", day.blobReads, "", storage.read / 1e4),
    position("blob lists", day.blobLists, "", storage.list / 1e4),
    position("queue operations", day.queues, "", storage.queue / 1e4),
    position("vault operations", day.vault, "", prices.vaultPer10Thousand / 1e4),
  ];
}

function toBytes(day: ExpectedDay, environment: PricedEnvironment): Position[] {
  const storage = prices.storage[environment.storageSku];
  const traffic = (day.graph * assumed.graphRequestInBytes) / gigabyte;
  return [
    position("out to Graph", traffic, "GB", prices.egressPerGb),
    position("through NAT, both ways", 2 * traffic, "GB", prices.natPerGb),
    position("replication of what is kept", day.keptInBytes / gigabyte, "GB", storage.replicationPerGb),
    position("logs and telemetry", toLogged(day, environment) / gigabyte, "GB", prices.logsPerGb),
  ];
}

/** The storage logs have a row for each request: of reads only where they are asked for. */
function toLogged(day: ExpectedDay, { logsReads }: PricedEnvironment): number {
  const rows = day.blobWrites + day.queues + (logsReads ? day.blobReads + day.blobLists : 0);
  return day.toldInBytes + rows * assumed.storageLogRowInBytes;
}

function position(what: string, quantity: number, unit: string, price: number): Position {
  return { what, quantity, unit, cost: quantity * price };
}

function toFixed(environment: PricedEnvironment): Position[] {
  const { privateEndpoints, storageSku, memoryInGb } = environment;
  const { every5Minutes, every15Minutes, metrics } = environment.alerts;
  const polls = (assumed.queues * dayInSeconds) / assumed.pollEveryInSeconds;
  const rules =
    every5Minutes * prices.queryAlertEvery5Minutes +
    every15Minutes * prices.queryAlertEvery15Minutes +
    metrics * prices.metricAlert;
  return [
    position("NAT gateway", 24, "h", prices.natPerHour),
    position("outbound address", 24, "h", prices.publicIpPerHour),
    position("instance always ready", dayInSeconds * memoryInGb, "GB-s", prices.alwaysReadyBaselinePerGbSecond),
    position("private endpoints", privateEndpoints * 24, "h", prices.privateEndpointPerHour),
    position(
      "alert rules",
      every5Minutes + every15Minutes + metrics,
      "",
      ((rules || 0) * monthsADay) / Math.max(1, every5Minutes + every15Minutes + metrics),
    ),
    position("looking at queues", polls, "", prices.storage[storageSku].queue / 1e4),
  ];
}

/** What positions come to together, in US dollars. */
export function toSum(positions: readonly Position[]): number {
  return positions.reduce((sum, { cost }) => sum + cost, 0);
}
