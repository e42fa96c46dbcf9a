import type { StorageClients } from "./azure-clients.ts";
import { splitPath } from "./azure-clients.ts";
import type { BlobPath } from "./blobs.ts";
import { parseTask } from "./parse-task.ts";
import type { QueueName, Task } from "./queues.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageFault } from "./storage-fault.ts";

/** What a container's own properties tell. */
export interface ContainerFacts {
  /** A retention policy or a legal hold is on it, or its versions can be made immutable. */
  readonly isImmutable: boolean;
  /** Anybody may read it without signing in. */
  readonly isPublic: boolean;
}

/** What of a storage account the stages have no need to ask, and a check of it has. Each method throws StorageFault. */
export interface AccountFacts {
  /** Undefined when there is no such container. */
  container(name: string, signal?: AbortSignal): Promise<ContainerFacts | undefined>;
  /** About how many messages a queue holds; undefined when there is no such queue. */
  messagesIn(queue: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Whether storage keeps a blob's old versions; false when there is no such blob. */
  isVersioned(path: BlobPath, signal?: AbortSignal): Promise<boolean>;
  /** Puts a message into a queue, hidden for an hour, and takes it back: proves the right to send and to delete. */
  tryQueue<Q extends QueueName>(queue: Q, task: Task<Q>, signal?: AbortSignal): Promise<void>;
}

/** What AzureAccountFacts is made of. */
export interface AccountFactsDeps {
  readonly clients: StorageClients;
  readonly calls: StorageCalls;
}

const hiddenInSeconds = 3600;

/** An account on Azure or Azurite, which has neither versions nor policies. */
export class AzureAccountFacts implements AccountFacts {
  readonly #deps: AccountFactsDeps;

  constructor(deps: AccountFactsDeps) {
    this.#deps = deps;
  }

  async container(name: string, signal?: AbortSignal): Promise<ContainerFacts | undefined> {
    const client = this.#deps.clients.blob.getContainerClient(name);
    const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    const reply = await this.#deps.calls.run("look at container", name, ask, signal).catch(undefinedIfMissing);
    if (reply === undefined) return undefined;
    const { hasImmutabilityPolicy, hasLegalHold, isImmutableStorageWithVersioningEnabled, blobPublicAccess } = reply;
    return {
      isImmutable: [hasImmutabilityPolicy, hasLegalHold, isImmutableStorageWithVersioningEnabled].includes(true),
      isPublic: blobPublicAccess !== undefined,
    };
  }

  async messagesIn(queue: string, signal?: AbortSignal): Promise<number | undefined> {
    const client = this.#deps.clients.queue.getQueueClient(queue);
    const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    const reply = await this.#deps.calls.run("look at queue", queue, ask, signal).catch(undefinedIfMissing);
    return reply === undefined ? undefined : (reply.approximateMessagesCount ?? 0);
  }

  async isVersioned(path: BlobPath, signal?: AbortSignal): Promise<boolean> {
    const { container, name } = splitPath(path);
    const client = this.#deps.clients.blob.getContainerClient(container).getBlobClient(name);
    const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
    const reply = await this.#deps.calls.run("look at", path, ask, signal).catch(undefinedIfMissing);
    return reply?.versionId !== undefined;
  }

  /** A message that could not be taken back comes up after an hour: its receiver must be one that leaves it alone. */
  async tryQueue<Q extends QueueName>(queue: Q, task: Task<Q>, signal?: AbortSignal): Promise<void> {
    const client = this.#deps.clients.queue.getQueueClient(queue);
    const text = Buffer.from(JSON.stringify(parseTask(queue, task))).toString("base64");
    const options = { messageTimeToLive: 2 * hiddenInSeconds, visibilityTimeout: hiddenInSeconds };
    const send = (abortSignal: AbortSignal) => client.sendMessage(text, { ...options, abortSignal });
    const { messageId, popReceipt } = await this.#deps.calls.run("send to queue", queue, send, signal);
    const remove = (abortSignal: AbortSignal) => client.deleteMessage(messageId, popReceipt, { abortSignal });
    // Gone already: our own earlier try, whose reply was lost.
    await this.#deps.calls.run("delete from queue", queue, remove, signal).catch(undefinedIfMissing);
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof StorageFault && error.status === 404) return undefined;
  throw error;
}
