import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import type { App } from "./app.ts";
import { startQueueHost } from "./queue-host.ts";
import type { Usage } from "./usage.ts";

/** What fanning a released drop out takes. */
export interface FanOutDeps {
  readonly app: App;
  readonly connectionString: string;
  readonly usage: Usage;
  /** Resolves when every work list is written and every run has its message. */
  readonly gathered: Promise<void>;
}

/**
 * Fans a released drop out as one instance does: each ticket is an event for openDropFile, and the queues `chats` and
 * `partitions` are worked off. The queue `mailboxes` is left for the import. @throws the first fault of a function
 */
export async function fanOut({ app, connectionString, usage, gathered }: FanOutDeps): Promise<void> {
  const { blobs } = openAzureStorage({ connectionString }, systemClock);
  const fault = Promise.withResolvers<never>();
  // Nobody may be waiting yet.
  fault.promise.catch(() => undefined);
  const host = startQueueHost(["chats", "partitions"], {
    connectionString,
    take: (queue, message, count) =>
      queue === "chats"
        ? app.run("mapChats", (stages) => stages.mapChats(message, count))
        : app.run("gatherMailboxes", (stages) => stages.gatherMailboxes(message, count)),
    onFault: fault.reject,
    onRequest: (operation) => usage.add(`host: queues ${operation}`),
  });
  try {
    const tickets = await listTickets(blobs);
    const opened = Promise.all(tickets.map((path) => app.run("openDropFile", (stages) => stages.openDropFile(path))));
    await Promise.race([fault.promise, Promise.all([opened, gathered])]);
  } finally {
    await host.stop();
  }
}

async function listTickets(blobs: Blobs): Promise<string[]> {
  const tickets: string[] = [];
  for await (const { path } of blobs.list("released/")) tickets.push(path);
  if (tickets.length === 0) throw new Error("no drop is released");
  return tickets;
}
