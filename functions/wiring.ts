import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { parseSettings } from "../shared/config/settings.ts";
import { buryMessage } from "../shared/pipeline/bury-message.ts";
import { fetchDue, fetchNow } from "../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../shared/pipeline/map-chats.ts";
import { measure } from "../shared/pipeline/measure.ts";
import { type Delivery, noteFailure } from "../shared/pipeline/note-failure.ts";
import { openDropFile } from "../shared/pipeline/open-drop-file.ts";
import { sweep } from "../shared/pipeline/sweep.ts";
import { parseTicketPath } from "../shared/pipeline/ticket-path.ts";
import { parseTask } from "../shared/store/parse-task.ts";
import type { QueueName, Task } from "../shared/store/queues.ts";
import { DependencyTally } from "../shared/telemetry/dependency-tally.ts";
import { toErrorFields } from "../shared/telemetry/error-fields.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { type Clients, connectClients } from "./clients.ts";
import type { Invocation } from "./invocation.ts";
import { toOrigin } from "./origin.ts";
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
 * a message that names them; the functions are registered all the same, so that the host shows what fails. What an
 * invocation asked of the clients is counted for it alone, and told at its end.
 */
export function createWiring(
  environment: Readonly<Record<string, string | undefined>>,
): (invocation: Invocation) => Stages {
  let clients: Clients | undefined;
  const writer = `w-${randomUUID()}`;
  const tallies = new AsyncLocalStorage<DependencyTally>();
  const connect = (): Clients => {
    clients ??= connectClients(parseSettings(environment), (call) => tallies.getStore()?.add(call));
    return clients;
  };
  return (invocation) => toStages((work, origin) => invoke({ invocation, connect, writer, tallies }, work, origin));
}

/** Where an invocation's work comes from: its message, and how it was delivered where a reason is to be kept. */
interface Origin {
  readonly message?: unknown;
  readonly delivery?: Delivery;
}

type Work = (deps: StageDeps) => Promise<unknown>;
type Use = (work: Work, origin?: Origin) => Promise<void>;

interface Wired {
  readonly invocation: Invocation;
  readonly connect: () => Clients;
  readonly writer: string;
  readonly tallies: AsyncLocalStorage<DependencyTally>;
}

async function invoke(wired: Wired, work: Work, { message, delivery }: Origin = {}): Promise<void> {
  const origin = toOrigin(message);
  const log = wired.invocation.log.child(origin);
  const invocation = { log, trace: wired.invocation.trace };
  const tally = new DependencyTally();
  const startedAt = performance.now();
  const end = (outcome: "succeeded" | "failed"): void => {
    for (const use of tally.list()) log.info("dependency.used", use);
    log.info("invocation.ended", { outcome, durationInMs: Math.round(performance.now() - startedAt) });
  };
  const connect = (): StageDeps => toStageDeps(wired.connect(), invocation, wired.writer);
  try {
    await wired.tallies.run(tally, async () => await work(connect()));
    end("succeeded");
  } catch (error) {
    // What the host logs of an error is its message, and a foreign one can quote a chat: so only what may be told goes on.
    log.error("invocation.failed", toErrorFields(error));
    if (delivery !== undefined) await keepReason(connect, log, delivery, error);
    end("failed");
    throw new InvocationFailed(error);
  }
}

/** The invocation fails for its own reason, which is being told; that it could not be kept is told beside it. */
async function keepReason(connect: () => StageDeps, log: Log, delivery: Delivery, error: unknown): Promise<void> {
  try {
    await noteFailure(connect(), delivery, error);
  } catch (fault) {
    log.error("failure.not-kept", toErrorFields(fault));
  }
}

function toStages(use: Use): Stages {
  const take =
    <Q extends QueueName>(queue: Q, work: (deps: StageDeps, task: Task<Q>) => Promise<unknown>) =>
    (message: unknown, dequeueCount: unknown): Promise<void> =>
      use((deps) => work(deps, parseTask(queue, message)), {
        message,
        delivery: { queue, message, dequeueCount: toCount(dequeueCount) },
      });
  return {
    fetchDrops: () => use(fetchDue),
    fetchDropsOnDemand: take("fetches", (deps, { connector }) => fetchNow(deps, connector)),
    openDropFile: (path) => {
      const message = toBlobEvent(path);
      const delivery = { queue: "released", message, dequeueCount: undefined } as const;
      return use((deps) => openDropFile(deps, parseTicketPath(path)), { message, delivery });
    },
    mapChats: take("chats", mapChats),
    gatherMailboxes: take("partitions", gatherMailboxes),
    importMailbox: take("mailboxes", (deps, task) => importMailbox(deps.import, task)),
    sweep: () => use((deps) => sweep(deps).finally(() => measure(deps))),
    buryMessage: (queue, id, message) => use((deps) => buryMessage(deps, queue, id, message), { message }),
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
