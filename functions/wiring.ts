import { randomUUID } from "node:crypto";
import { parseSettings } from "../shared/config/settings.ts";
import { buryMessage } from "../shared/pipeline/bury-message.ts";
import { fetchDue, fetchNow } from "../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../shared/pipeline/map-chats.ts";
import { openDropFile, parseTicketPath } from "../shared/pipeline/open-drop-file.ts";
import { sweep } from "../shared/pipeline/sweep.ts";
import { toErrorFields } from "../shared/store/error-fields.ts";
import type { Log } from "../shared/store/log.ts";
import { parseTask } from "../shared/store/parse-task.ts";
import { type Clients, connectClients } from "./clients.ts";
import { toStageDeps } from "./stage-deps.ts";

/** What each trigger sets going. Messages are checked here: from here on the types are trusted. */
export interface Stages {
  fetchDrops(): Promise<void>;
  fetchDropsOnDemand(message: unknown): Promise<void>;
  openDropFile(blobPath: string): Promise<void>;
  mapChats(message: unknown): Promise<void>;
  gatherMailboxes(message: unknown): Promise<void>;
  importMailbox(message: unknown): Promise<void>;
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
    const use = async (work: (deps: ReturnType<typeof toStageDeps>) => Promise<unknown>): Promise<void> => {
      try {
        clients ??= connectClients(parseSettings(environment));
        await work(toStageDeps(clients, log, writer));
      } catch (error) {
        // What the host logs of an error is its message, and a foreign one can quote a chat: so only what may be told goes on.
        log.error("invocation.failed", toErrorFields(error));
        throw new InvocationFailed(error);
      }
    };
    return toStages(use);
  };
}

type Use = (work: (deps: ReturnType<typeof toStageDeps>) => Promise<unknown>) => Promise<void>;

function toStages(use: Use): Stages {
  return {
    fetchDrops: () => use(fetchDue),
    fetchDropsOnDemand: (message) => use((deps) => fetchNow(deps, parseTask("fetches", message).connector)),
    openDropFile: (path) => use((deps) => openDropFile(deps, parseTicketPath(path))),
    mapChats: (message) => use((deps) => mapChats(deps, parseTask("chats", message))),
    gatherMailboxes: (message) => use((deps) => gatherMailboxes(deps, parseTask("partitions", message))),
    importMailbox: (message) => use((deps) => importMailbox(deps.import, parseTask("mailboxes", message))),
    sweep: () => use(sweep),
    buryMessage: (queue, id, message) => use((deps) => buryMessage(deps, queue, id, message)),
  };
}

/** A function failed. The message says no more than may be logged; the host retries as its trigger says. */
class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";

  constructor(error: unknown) {
    const { error: name = "unknown", errorMessage } = toErrorFields(error);
    super(errorMessage === undefined ? String(name) : `${name}: ${errorMessage}`);
  }
}
