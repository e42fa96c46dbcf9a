import { join } from "node:path";
import { type AzuriteAccount, startAzurite } from "../../local/azurite/azurite.ts";
import { AzureBlobs } from "../../shared/store/azure-blobs.ts";
import { connectStorage } from "../../shared/store/azure-clients.ts";
import { AzureQueues } from "../../shared/store/azure-queues.ts";
import { createContainersAndQueues } from "../../shared/store/create-containers-and-queues.ts";
import { StorageCalls } from "../../shared/store/storage-calls.ts";
import { AzuriteQueuesOfHost } from "./azurite-queues-of-host.ts";
import { newWorldClock } from "./pipeline-world.ts";
import { type StorageProxy, startStorageProxy } from "./storage-proxy.ts";
import type { WorldClock } from "./world-clock.ts";
import type { WorldStorage } from "./world-storage.ts";

/** Real time after which a request is tried again when nothing is to stall: never, even on a slow machine. */
const longTryInMs = 60_000;

/** An Azurite for many worlds, each with an account and a time of its own. */
export interface AzuriteOfWorlds {
  /**
   * Opens the next account.
   * @param tryTimeoutInMs real time after which the app takes a request for lost. @default 60000
   * @throws when all are used
   */
  open(tryTimeoutInMs?: number): Promise<AzuriteWorldStorage>;
  /** Accounts that are not used yet. */
  readonly left: number;
  stop(): Promise<void>;
}

/** A world's storage on Azurite. */
export interface AzuriteWorldStorage extends WorldStorage<AzureBlobs, AzuriteQueuesOfHost> {
  /** Before the blobs and the queues as the app reaches them. */
  readonly blobProxy: StorageProxy;
  readonly queueProxy: StorageProxy;
  close(): Promise<void>;
}

/** Starts it, in memory. */
export async function startAzuriteOfWorlds(accounts: number): Promise<AzuriteOfWorlds> {
  const names = Array.from({ length: accounts }, (_, n) => `world${n + 1}`);
  const azurite = await startAzurite({
    // Short, because all accounts together have to fit into one environment variable.
    accountKey: Buffer.alloc(9, 1).toString("base64"),
    moreAccounts: names,
    preload: join(import.meta.dirname, "azurite-by-request-time.ts"),
  });
  return {
    get left() {
      return names.length;
    },
    open: async (tryTimeoutInMs = longTryInMs) => {
      const name = names.shift();
      if (name === undefined) throw new Error(`all ${accounts} accounts are used`);
      return await openAccount(azurite.account(name), tryTimeoutInMs);
    },
    stop: () => azurite.stop(),
  };
}

async function openAccount(account: AzuriteAccount, tryTimeoutInMs: number): Promise<AzuriteWorldStorage> {
  const clock = newWorldClock();
  const time = () => ({ "x-world-time": String(Math.floor(clock.now())) });
  const proxies = await Promise.all(
    [account.blobEndpoint, account.queueEndpoint, account.blobEndpoint, account.queueEndpoint].map((endpoint) =>
      startStorageProxy(endpoint, time),
    ),
  );
  const [blobProxy, queueProxy, soundBlobs, soundQueues] = proxies;
  if (blobProxy === undefined || queueProxy === undefined || soundBlobs === undefined || soundQueues === undefined)
    throw new Error("four proxies were asked for");
  const app = connect(account, blobProxy, queueProxy, { clock, tryTimeoutInMs });
  const sound = connect(account, soundBlobs, soundQueues, { clock, tryTimeoutInMs: longTryInMs });
  await createContainersAndQueues(sound.clients, sound.calls);
  const queues = new AzuriteQueuesOfHost({ service: sound.clients.queue, sound: sound.queues, clock });
  return {
    ...{ clock, blobProxy, queueProxy, queues, blobs: sound.blobs, patienceInMs: 150 },
    app: { blobs: app.blobs, queues: queues.noting(app.queues) },
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
    },
  };
}

function connect(
  account: AzuriteAccount,
  blobs: StorageProxy,
  queues: StorageProxy,
  { clock, tryTimeoutInMs }: { readonly clock: WorldClock; readonly tryTimeoutInMs: number },
) {
  const connectionString = account.connectionString
    .replace(account.blobEndpoint, blobs.endpoint)
    .replace(account.queueEndpoint, queues.endpoint);
  const clients = connectStorage({ connectionString });
  const calls = new StorageCalls(clock, { tryTimeoutInMs });
  return {
    clients,
    calls,
    blobs: new AzureBlobs({ service: clients.blob, calls, monotonicNow: () => clock.now() }),
    queues: new AzureQueues({ service: clients.queue, calls }),
  };
}
