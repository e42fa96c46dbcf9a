import { randomUUID } from "node:crypto";
import { parseSettings } from "../shared/config/settings.ts";
import { buryMessage } from "../shared/pipeline/bury-message.ts";
import { fetchDue, fetchNow } from "../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../shared/pipeline/map-chats.ts";
import { type Delivery, noteFailure } from "../shared/pipeline/note-failure.ts";
import { openDropFile } from "../shared/pipeline/open-drop-file.ts";
import { sweep } from "../shared/pipeline/sweep.ts";
import { parseTicketPath } from "../shared/pipeline/ticket-path.ts";
import { parseTask } from "../shared/store/parse-task.ts";
import type { QueueName, Task } from "../shared/store/queues.ts";
import { toErrorFields } from "../shared/telemetry/error-fields.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { type Clients, connectClients } from "./clients.ts";
import { type StageDeps, toStageDeps } from "./stage-deps.ts";

/** What each trigger sets going. Messages are checked here: from here on the types are trusted. */
export interface Stages {
  fetchDrops(): Promise<void>;
  fetchDropsOnDemand(message: unknown, dequeueCount: unknown): Promise<void>;
  openDropFile(blobPath: string): Promise<void>;
  mapChats(message: unknown, dequeueCount: unknown): Promise<void>;
  gatherMailboxes(message: unknown, dequeueCount: unknown): Promise<void>;
  importMailbox(message: unknown, dequeueCount: unknown): Promise<void>;
  sweep(): Promise<void>;
  buryMessage(queue: string, id: string, message: unknown): Promise<void>;
}

/**
 * The composition root: makes every client once, when the first invocation asks. Wrong settings fail each invocation with
 * a message that names them; the functions are registered all the same, so that the host shows what fails.
 */
export function createWiring(environment: Readonly<Record<string, string | undefined>>): (log: Log) => Stages {
  let clients: Clients | undefined;
  const writer = `w-${randomUUID()}`;
  return (log) => {
    const use: Use = async (work, delivery) => {
      try {
        clients ??= connectClients(parseSettings(environment));
        await work(toStageDeps(clients, log, writer));
      } catch (error) {
        // What the host logs of an error is its message, and a foreign one can quote a chat: so only what may be told goes on.
        log.error("invocation.failed", toErrorFields(error));
        if (clients !== undefined && delivery !== undefined) {
          await keepReason(toStageDeps(clients, log, writer), delivery, error);
        }
        throw new InvocationFailed(error);
      }
    };
    return toStages(use);
  };
}

type Use = (work: (deps: StageDeps) => Promise<unknown>, delivery?: Delivery) => Promise<void>;

/** The invocation fails for its own reason, which is being told; that it could not be kept is told beside it. */
async function keepReason(deps: StageDeps, delivery: Delivery, error: unknown): Promise<void> {
  await noteFailure(deps, delivery, error).catch((fault: unknown) => {
    deps.log.error("failure.not-kept", toErrorFields(fault));
  });
}

function toStages(use: Use): Stages {
  const take =
    <Q extends QueueName>(queue: Q, work: (deps: StageDeps, task: Task<Q>) => Promise<unknown>) =>
    (message: unknown, dequeueCount: unknown): Promise<void> =>
      use((deps) => work(deps, parseTask(queue, message)), { queue, message, dequeueCount: toCount(dequeueCount) });
  return {
    fetchDrops: () => use(fetchDue),
    fetchDropsOnDemand: take("fetches", (deps, { connector }) => fetchNow(deps, connector)),
    openDropFile: (path) =>
      use((deps) => openDropFile(deps, parseTicketPath(path)), {
        queue: "released",
        message: toBlobEvent(path),
        dequeueCount: undefined,
      }),
    mapChats: take("chats", mapChats),
    gatherMailboxes: take("partitions", gatherMailboxes),
    importMailbox: take("mailboxes", (deps, task) => importMailbox(deps.import, task)),
    sweep: () => use(sweep),
    buryMessage: (queue, id, message) => use((deps) => buryMessage(deps, queue, id, message)),
  };
}

/** A property of the message hides the host's own of that name, so it may be anything; ours have none. */
function toCount(dequeueCount: unknown): number | undefined {
  return typeof dequeueCount === "number" ? dequeueCount : undefined;
}

/** As the storage extension writes it about the blob, should it give the event up. */
function toBlobEvent(path: string): { ContainerName: string; BlobName: string } {
  const slash = path.indexOf("/");
  return { ContainerName: path.slice(0, slash), BlobName: path.slice(slash + 1) };
}

/** A function failed. The message says no more than may be logged; the host retries as its trigger says. */
class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";

  constructor(error: unknown) {
    const { error: name = "unknown", errorMessage } = toErrorFields(error);
    super(errorMessage === undefined ? String(name) : `${name}: ${errorMessage}`);
  }
}
