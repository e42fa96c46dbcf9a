import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { HttpAnswer, HttpAsk } from "../shared/api/http-message.ts";
import { toAsker } from "../shared/api/principal.ts";
import { parseStorageSettings, WrongSettings } from "../shared/config/settings.ts";
import { buryMessage } from "../shared/pipeline/bury-message.ts";
import { checkUp } from "../shared/pipeline/check/check-up.ts";
import { giveUpCheck, tellWrongSettings } from "../shared/pipeline/check/give-up-check.ts";
import { fetchDue, fetchNow } from "../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../shared/pipeline/map-chats.ts";
import { type Delivery, noteFailure } from "../shared/pipeline/note-failure.ts";
import { openDropFile } from "../shared/pipeline/open-drop-file.ts";
import { sweepRound } from "../shared/pipeline/sweep-round.ts";
import { parseTicketPath } from "../shared/pipeline/ticket-path.ts";
import { parseTask } from "../shared/store/parse-task.ts";
import { paths } from "../shared/store/paths.ts";
import { type QueueName, type Task, tasks } from "../shared/store/queues.ts";
import { systemClock } from "../shared/store/system-clock.ts";
import { DependencyTally } from "../shared/telemetry/dependency-tally.ts";
import { toErrorFields } from "../shared/telemetry/error-fields.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { type Clients, connectClients, connectStorageOnly } from "./clients.ts";
import type { ApiInvocation } from "./http.ts";
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
  checkUp(message: unknown): Promise<void>;
  sweep(): Promise<void>;
  buryMessage(queue: string, id: string, message: unknown): Promise<void>;
  /** @param id the invocation's, which is told to the caller */
  answerApi(ask: HttpAsk, id: string): Promise<HttpAnswer>;
}

/**
 * The composition root: makes every client once, when the first invocation asks. Wrong settings fail each invocation with
 * a message that names them; the functions are registered all the same, so that the host shows what fails. What an
 * invocation asked of the clients is counted for it alone, and told at its end.
 */
export function createWiring(environment: Environment): (invocation: Invocation) => Stages {
  let clients: Clients | undefined;
  const writer = `w-${randomUUID()}`;
  const tallies = new AsyncLocalStorage<DependencyTally>();
  const connect = (): Clients => {
    clients ??= connectClients(environment, (call) => tallies.getStore()?.add(call));
    return clients;
  };
  return (invocation) => {
    const use: Use = (work, origin) => invoke({ invocation, connect, writer, tallies }, work, origin);
    return {
      ...toStages(use, (message, fault) => tellChecker(environment, writer, parseTask("checks", message), fault)),
      answerApi: async (ask, id) => {
        const { answerApi } = await import("./http.ts");
        return await answerApi((work) => use((deps) => work(deps, connect())), toCall(environment, ask, id));
      },
    };
  };
}

/** Where an invocation's work comes from: its message, and how it was delivered where a reason is to be kept. */
interface Origin {
  readonly message?: unknown;
  readonly delivery?: Delivery;
  /** What to do about wrong settings, with which there are no clients. @default the invocation fails */
  readonly onWrongSettings?: (fault: WrongSettings) => Promise<void>;
}

type Work = (deps: StageDeps) => Promise<unknown>;
type Use = (work: Work, origin?: Origin) => Promise<void>;

interface Wired {
  readonly invocation: Invocation;
  readonly connect: () => Clients;
  readonly writer: string;
  readonly tallies: AsyncLocalStorage<DependencyTally>;
}

async function invoke(wired: Wired, work: Work, origin: Origin = {}): Promise<void> {
  const { message, delivery, onWrongSettings } = origin;
  const log = wired.invocation.log.child(toOrigin(message));
  const invocation = { log, trace: wired.invocation.trace };
  const tally = new DependencyTally();
  const startedAt = performance.now();
  const end = (outcome: "succeeded" | "failed"): void => {
    for (const use of tally.list()) log.info("dependency.used", use);
    log.info("invocation.ended", { outcome, durationInMs: Math.round(performance.now() - startedAt) });
  };
  const connect = (): StageDeps => toStageDeps(wired.connect(), invocation, wired.writer);
  try {
    await wired.tallies.run(tally, async () => {
      const deps = connectOr(connect, onWrongSettings);
      await (typeof deps === "function" ? deps() : work(deps));
    });
    end("succeeded");
  } catch (error) {
    // What the host logs of an error is its message, and a foreign one can quote a chat: so only what may be told goes on.
    log.error("invocation.failed", toErrorFields(error));
    if (delivery !== undefined) await keepReason(connect, log, delivery, error);
    end("failed");
    throw new InvocationFailed(error);
  }
}

/** What a stage needs; or, where wrong settings have somebody who is to hear of them, what tells them. */
function connectOr(
  connect: () => StageDeps,
  onWrongSettings: Origin["onWrongSettings"],
): StageDeps | (() => Promise<void>) {
  try {
    return connect();
  } catch (error) {
    if (onWrongSettings === undefined || !(error instanceof WrongSettings)) throw error;
    return () => onWrongSettings(error);
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

/** Whoever has asked for a check is told of the settings that keep it from being made. Where storage is not to be reached either it fails. */
async function tellChecker(
  environment: Environment,
  writer: string,
  task: Task<"checks">,
  fault: WrongSettings,
): Promise<void> {
  const settings = parseStorageSettings(environment);
  if (settings === undefined) throw fault;
  const { blobs } = connectStorageOnly(settings);
  await tellWrongSettings({ blobs, writer, clock: systemClock }, task, fault);
}

type Environment = Readonly<Record<string, string | undefined>>;

function toCall(environment: Environment, ask: HttpAsk, id: string): ApiInvocation {
  return { ask, id, asker: toAsker(environment, ask) };
}

function toStages(
  use: Use,
  tellChecker: (message: unknown, fault: WrongSettings) => Promise<void>,
): Omit<Stages, "answerApi"> {
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
    checkUp: (message) =>
      use((deps) => checkUp(deps.checkUp, parseTask("checks", message)), {
        message,
        onWrongSettings: (fault) => tellChecker(message, fault),
      }),
    sweep: () => use(sweepRound),
    buryMessage: (queue, id, message) => use((deps) => bury(deps, queue, id, message), { message }),
  };
}

/** A check is no work that is worth redriving: its asker is told, and asks again. */
async function bury(deps: StageDeps, queue: string, id: string, message: unknown): Promise<void> {
  const check = tasks.checks.safeParse(message);
  if (queue !== "checks-poison" || !check.success) return await buryMessage(deps, queue, id, message);
  deps.log.error("message.dead", { queue: "checks", record: paths.check(check.data.check) });
  await giveUpCheck(deps, check.data);
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
