import { type RunningAzurite, startAzurite } from "../../local/azurite/azurite.ts";
import { type AzureStorage, openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { RetrySettings } from "../../shared/store/storage-calls.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { type StorageProxy, startStorageProxy } from "./storage-proxy.ts";

/** Azurite with a proxy before its blobs and its queues. */
export interface StorageBehindProxy {
  readonly azurite: RunningAzurite;
  readonly blobProxy: StorageProxy;
  readonly queueProxy: StorageProxy;
  /** Reaches storage through the proxies. */
  readonly connectionString: string;
  /** Storage through the proxies. */
  readonly shaky: AzureStorage;
  /** Storage without them, for looking at what has become of it. */
  readonly sound: AzureStorage;
  stop(): Promise<void>;
}

/** Starts Azurite behind proxies, its containers and queues made. */
export async function startStorageBehindProxy(retries: Partial<RetrySettings>): Promise<StorageBehindProxy> {
  const azurite = await startAzurite();
  const blobProxy = await startStorageProxy(azurite.blobEndpoint);
  const queueProxy = await startStorageProxy(azurite.queueEndpoint);
  const connectionString = azurite.connectionString
    .replace(azurite.blobEndpoint, blobProxy.endpoint)
    .replace(azurite.queueEndpoint, queueProxy.endpoint);
  const sound = openAzureStorage(azurite, systemClock);
  await sound.createMissing();
  return {
    azurite,
    blobProxy,
    queueProxy,
    connectionString,
    shaky: openAzureStorage({ connectionString }, systemClock, retries),
    sound,
    stop: async () => {
      await Promise.all([blobProxy.stop(), queueProxy.stop()]);
      await azurite.stop();
    },
  };
}
