import { setTimeout as sleep } from "node:timers/promises";
import { QueueServiceClient, RestError } from "@azure/storage-queue";
import { listOpen } from "../../local/start/standings.ts";
import { paths } from "../../shared/store/paths.ts";
import { StorageFault } from "../../shared/store/storage-fault.ts";
import { type ChaosSystem, connectors } from "./chaos-system.ts";
import type { Fed } from "./feeder.ts";

const pauseInMs = 300;
const queueNames = ["fetches", "chats", "partitions", "mailboxes"] as const;

/** Waits until everything that was put in is closed and no message is left. @returns what is not, once `signal` comes */
export async function untilQuiet(system: ChaosSystem, fed: Fed, signal: AbortSignal): Promise<readonly string[]> {
  for (;;) {
    const open = await listUnfinished(system, fed).catch(toAway);
    if (open.length === 0 || signal.aborted) return open;
    await sleep(pauseInMs, undefined, { signal }).catch(() => undefined);
  }
}

/** It may have been killed at the very end. */
function toAway(error: unknown): string[] {
  if (error instanceof StorageFault || error instanceof RestError) return [`storage is away: ${error.message}`];
  throw error;
}

async function listUnfinished(system: ChaosSystem, fed: Fed): Promise<string[]> {
  const open = await listOpenWork(system, fed);
  return open.length > 0 ? open : await listQueued(system);
}

/** The drops that are open, and the files that were not listed yet. */
export async function listOpenWork(system: ChaosSystem, { files }: Pick<Fed, "files">): Promise<string[]> {
  const { blobs } = system.own;
  const open = (await listOpen(blobs)).map(({ id, gen, state }) => `drop ${id}/${gen} is ${state}`);
  for (const name of connectors) {
    let seen = 0;
    for await (const _ of blobs.list(paths.files(name))) seen += 1;
    const put = files.get(name) ?? 0;
    for (let file = seen; file < put; file += 1) open.push(`connector ${name}: ${file + 1} of ${put} files not listed`);
  }
  return open;
}

/** Messages that are not visible yet count too. */
async function listQueued({ connectionString }: ChaosSystem): Promise<string[]> {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const counts = await Promise.all(
    queueNames.map(async (name) => {
      const { approximateMessagesCount = 0 } = await service.getQueueClient(name).getProperties();
      return approximateMessagesCount === 0 ? [] : [`queue ${name} holds ${approximateMessagesCount} messages`];
    }),
  );
  return counts.flat();
}
