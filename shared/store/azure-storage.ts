import type { Observe } from "../telemetry/dependency-tally.ts";
import { type AccountFacts, AzureAccountFacts } from "./account-facts.ts";
import { AzureBlobs } from "./azure-blobs.ts";
import { connectStorage, type StorageAccount } from "./azure-clients.ts";
import { AzureQueues } from "./azure-queues.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import { createContainersAndQueues } from "./create-containers-and-queues.ts";
import type { QueueDepths, Queues } from "./queues.ts";
import { defaultRetrySettings, type RetrySettings, StorageCalls } from "./storage-calls.ts";

/** A storage account, opened. */
export interface AzureStorage {
  readonly blobs: Blobs;
  readonly queues: Queues & QueueDepths;
  /** What only a check of the account asks. */
  readonly account: AccountFacts;
  /** Makes the containers and queues that are missing: on Azurite; in Azure infra/ does. */
  createMissing(): Promise<void>;
}

/** Opens a storage account. Nothing is requested until it is used. */
export function openAzureStorage(
  account: StorageAccount,
  clock: Clock,
  retries: Partial<RetrySettings> = {},
  observe?: Observe,
): AzureStorage {
  const settings = { ...defaultRetrySettings, ...retries };
  const clients = connectStorage(account, settings.tryTimeoutInMs * 0.8);
  const calls = new StorageCalls(clock, settings, observe);
  return {
    blobs: new AzureBlobs({ service: clients.blob, calls }),
    queues: new AzureQueues({ service: clients.queue, calls }),
    account: new AzureAccountFacts({ clients, calls }),
    createMissing: () => createContainersAndQueues(clients, calls),
  };
}
