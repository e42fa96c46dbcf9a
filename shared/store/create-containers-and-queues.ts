import type { StorageClients } from "./azure-clients.ts";
import { containers } from "./paths.ts";
import { tasks } from "./queues.ts";
import type { StorageCalls } from "./storage-calls.ts";

/**
 * Makes every container and queue that is missing, poison queues too: for Azurite and tests. In Azure, infra/ makes them,
 * and the app has no need to.
 */
export async function createContainersAndQueues(clients: StorageClients, calls: StorageCalls): Promise<void> {
  const queues = [...Object.keys(tasks).flatMap((queue) => [queue, `${queue}-poison`]), "webjobs-blobtrigger-poison"];
  await Promise.all([
    ...Object.keys(containers).map((name) =>
      calls.run("create container", name, (abortSignal) =>
        clients.blob.getContainerClient(name).createIfNotExists({ abortSignal }),
      ),
    ),
    ...queues.map((name) =>
      calls.run("create queue", name, (abortSignal) =>
        clients.queue.getQueueClient(name).createIfNotExists({ abortSignal }),
      ),
    ),
  ]);
}
