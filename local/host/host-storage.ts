import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { type AppSettings, resolveConnection } from "./config/app-settings.ts";

/** The host's own storage: locks, timers' status, blob receipts and the queue of blob events. */
export interface HostStorage {
  /** Names this app's records; all hosts that share work must have the same one. */
  readonly hostId: string;
  readonly container: ContainerClient;
  readonly queues: QueueServiceClient;
}

/**
 * Opens the storage named by `AzureWebJobsStorage` and creates the container `azure-webjobs-hosts`.
 * Throws when the setting is missing or the storage does not answer: the real host does not start either.
 */
export async function openHostStorage(settings: AppSettings): Promise<HostStorage> {
  const connectionString = resolveConnection("Storage", settings);
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient("azure-webjobs-hosts");
  await container.createIfNotExists();
  return {
    hostId: settings.AzureFunctionsWebHost__hostid ?? toHostId(hostname()),
    container,
    queues: QueueServiceClient.fromConnectionString(connectionString),
  };
}

/** Like the real host's on a developer's machine: from the machine's name, fit for a queue's name. */
function toHostId(machine: string): string {
  const digest = createHash("sha256").update(machine).digest("hex").slice(0, 8);
  const readable = machine
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 20);
  return `${readable}${digest}`;
}
