import { assumed, type ExpectedDay } from "./expected-day.ts";
import { prices, type StorageSku } from "./prices.ts";

/** One environment, as far as it costs. */
export interface PricedEnvironment {
  readonly name: string;
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
  /** What comes with the day's items. */
  readonly variable: readonly Position[];
  /** What each day costs, whatever comes. */
  readonly fixed: readonly Position[];
}

const gigabyte = 1e9;
const dayInSeconds = 86_400;
const monthsADay = 12 / 365;

/** The bill of a day in that environment. */
export function priceDay(day: ExpectedDay, environment: PricedEnvironment): PricedDay {
  return { variable: toVariable(day, environment), fixed: toFixed(environment) };
}

function toVariable(day: ExpectedDay, environment: PricedEnvironment): Position[] {
  const storage = prices.storage[environment.storageSku];
  const traffic = (day.graph * assumed.graphRequestInBytes) / gigabyte;
  return [
    position("executions", day.executions, "", prices.executionsPerMillion / 1e6),
    position("compute", day.gbSeconds, "GB-s", prices.onDemandPerGbSecond),
    position("blob writes", day.blobWrites, "", storage.write / 1e4),
    position("blob reads, leases", day.blobReads, "", storage.read / 1e4),
    position("blob lists", day.blobLists, "", storage.list / 1e4),
    position("queue operations", day.queues, "", storage.queue / 1e4),
    position("vault operations", day.vault, "", prices.vaultPer10Thousand / 1e4),
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
  const { privateEndpoints, storageSku } = environment;
  const { every5Minutes, every15Minutes, metrics } = environment.alerts;
  const polls = (assumed.queues * dayInSeconds) / assumed.pollEveryInSeconds;
  const rules =
    every5Minutes * prices.queryAlertEvery5Minutes +
    every15Minutes * prices.queryAlertEvery15Minutes +
    metrics * prices.metricAlert;
  return [
    position("NAT gateway", 24, "h", prices.natPerHour),
    position("outbound address", 24, "h", prices.publicIpPerHour),
    position("instance always ready", dayInSeconds * assumed.memoryInGb, "GB-s", prices.alwaysReadyBaselinePerGbSecond),
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
