import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { graphLimits } from "../../graph/graph-limits.ts";

const hostJson = z.object({
  functionTimeout: z.literal("00:30:00"),
  extensions: z.object({ queues: z.object({ batchSize: z.number() }) }),
});
const host = hostJson.parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../../host.json"), "utf8")));
const { lanes } = toImportSettings();

/** Where a day is worked on, and how long others let it wait. */
export interface Place {
  /** Most instances for one function. */
  readonly instances: number;
  /** Messages at once in an instance. */
  readonly messagesAtOnce: number;
  readonly cores: number;
  /** Requests at once to one mailbox. */
  readonly lanes: number;
  readonly newInstances: { readonly count: number; readonly everyInSeconds: number };
  readonly graphInSeconds: number;
  readonly pageInSeconds: number;
  readonly directoryInSeconds: number;
  readonly storageInSeconds: number;
  readonly siteInBytesPerSecond: number;
}

/** Flex Consumption as `prod.bicepparam` has it; test/unit/bench/scale.test.ts compares what is also said elsewhere. */
export const flex: Place = {
  instances: 40,
  /** host.json's batchSize; with newBatchThreshold 2 it is between 3 and 6 while there is work. */
  messagesAtOnce: host.extensions.queues.batchSize,
  /** An instance of 2,048 MB has about one. */
  cores: 1,
  lanes,
  /** Target-based scaling adds up to four at a time; that it decides every 30 s is what is known of the older plan. */
  newInstances: { count: 4, everyInSeconds: 30 },
  /** A creation: assumed, as local/cost does. */
  graphInSeconds: 0.25,
  /** A page of 500 items when a mailbox is read back: assumed. */
  pageInSeconds: 1,
  /** A look at a user or a root folder: assumed. */
  directoryInSeconds: 0.1,
  /** A request to storage of the same region: assumed. */
  storageInSeconds: 0.015,
  /** SFTP at a round trip of 50 ms, measured with a delayed loopback. */
  siteInBytesPerSecond: 20e6,
};

/** Limits that nobody can change, by their sources. */
export const limits = {
  /** learn.microsoft.com/graph/throttling-limits: of one app in one mailbox, and of one app in all. */
  mailboxPerSecond: graphLimits.requests / (graphLimits.requestWindowInMs / 1000),
  appPerSecond: graphLimits.appRequests / (graphLimits.appWindowInMs / 1000),
  /** learn.microsoft.com/azure/storage/common/scalability-targets-standard-account: requests to one account. */
  storagePerSecond: 20_000,
} as const;

/** Fixed waits of a day, in seconds, by the settings' defaults. */
export const waits = {
  /** Looking twice whether a file still grows. */
  settle: 30,
  /** Until a queue that was empty is looked at (host.json's maxPollingInterval), or a blob event has come. */
  poll: 2,
  /** The sweep closes: half of its five minutes on the average. */
  sweep: 150,
} as const;

/** How long one invocation may take, in seconds. */
export const deadlines = {
  /** FETCH_DEADLINE_SECONDS, of which three quarters may go into downloading. */
  download: 1500 * 0.75,
  /** host.json's functionTimeout. */
  invocation: 1800,
} as const;
