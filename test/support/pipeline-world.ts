import { setTimeout as sleep } from "node:timers/promises";
import {
  type ConnectorName,
  connectorName,
  type DropId,
  dropId,
  type ObjectId,
} from "../../shared/chat/identifiers.ts";
import { type Connector, connector as connectorSchema } from "../../shared/config/connector.ts";
import { MailboxEpochs } from "../../shared/directory/mailbox-epochs.ts";
import { createMailboxFinder } from "../../shared/directory/mailbox-finder.ts";
import type { Site } from "../../shared/fetch/site.ts";
import { toImportSettings } from "../../shared/import/import-settings.ts";
import { buryMessage } from "../../shared/pipeline/bury-message.ts";
import { listOpenIds, readDrop } from "../../shared/pipeline/drop-book.ts";
import { readDropFacts } from "../../shared/pipeline/drop-facts.ts";
import type { DropState } from "../../shared/pipeline/drop-state.ts";
import { type FetchDueDeps, fetchDue, fetchNow } from "../../shared/pipeline/fetch-due.ts";
import { readFetchRecord } from "../../shared/pipeline/fetch-record.ts";
import { readFiles } from "../../shared/pipeline/file-book.ts";
import type { FileState } from "../../shared/pipeline/file-state.ts";
import { type GatherDeps, gatherMailboxes } from "../../shared/pipeline/gather-mailboxes.ts";
import type { ImportDeps } from "../../shared/pipeline/import-deps.ts";
import { importMailbox } from "../../shared/pipeline/import-mailbox.ts";
import { createPeopleShelf } from "../../shared/pipeline/import-people.ts";
import { type MapChatsDeps, mapChats } from "../../shared/pipeline/map-chats.ts";
import { type Delivery, noteFailure } from "../../shared/pipeline/note-failure.ts";
import { openDropFile } from "../../shared/pipeline/open-drop-file.ts";
import { type SweepDeps, sweep } from "../../shared/pipeline/sweep.ts";
import { parseTicketPath } from "../../shared/pipeline/ticket-path.ts";
import { createTurns } from "../../shared/pipeline/turns.ts";
import { type DropReport, dropReport } from "../../shared/report/drop-report.ts";
import { secretName } from "../../shared/secrets/secret-name.ts";
import type { BlobPath, Blobs } from "../../shared/store/blobs.ts";
import { parseTask } from "../../shared/store/parse-task.ts";
import { paths } from "../../shared/store/paths.ts";
import type { QueueName, Queues, Task } from "../../shared/store/queues.ts";
import { putDocument, readDocument } from "../../shared/store/state-document.ts";
import { MemoryDirectory } from "../contract/directory/memory-directory.ts";
import { FaultyPorts } from "./faulty-port.ts";
import type { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryGroups } from "./memory-groups.ts";
import { MemoryMailbox } from "./memory-mailbox.ts";
import type { MemoryQueues } from "./memory-queues.ts";
import { MemorySecrets } from "./memory-secrets.ts";
import { MemorySite } from "./memory-site.ts";
import { createRecordingLog } from "./recording-log.ts";
import { siteMorning, users } from "./small-drop.ts";
import { WorldClock } from "./world-clock.ts";
import { type HostQueues, openMemoryStorage, type WorldStorage } from "./world-storage.ts";

/** What a process of the app is given: what functions/stage-deps.ts puts together, of ports in memory. */
export interface WorldDeps extends FetchDueDeps, MapChatsDeps, GatherDeps, SweepDeps {
  readonly clock: WorldClock;
  readonly import: ImportDeps;
}

/** What an invocation came to. "died": its process ended in the middle of it. */
export type InvocationEnd = "done" | "thrown" | "died";

/** One process of the app: its ports, which may go wrong. */
export interface WorldProcess {
  readonly ports: FaultyPorts;
  readonly deps: WorldDeps;
}

interface BlobEvent {
  readonly path: BlobPath;
  readonly etag: string;
  tries: number;
  notBefore: number;
}

const minute = 60_000;
/** Every queue, in the order of the stages. */
export const queueNames = ["fetches", "chats", "partitions", "mailboxes"] as const satisfies readonly QueueName[];
const lockInMs = 60_000;
const renewEveryInMs = 7999;
const maxDequeueCount = 5;
const functionTimeoutInMs = 30 * minute;

/** The connector of most tests. */
export const acme: ConnectorName = connectorName.parse("acme");

/** A drop of the usual site day. */
export function dropOf(seq: number, day = "2026-06-04"): DropId {
  return dropId.parse(`${acme}-${day}-${seq}`);
}

/** A connector that takes plain files from `/out`, changed by `given`. */
export function connectorOf(given: Partial<Connector> = {}): Connector {
  const name = given.name ?? acme;
  const site = { host: "sftp.example", user: "ACME01", hostKeys: [`SHA256:${"A".repeat(43)}`], folder: "/out" };
  return connectorSchema.parse({ v: 1, name, feed: "ACME01", site, encryption: { type: "none" }, ...given });
}

/**
 * The whole pipeline over ports in memory, and a host that drives it by the storage extension's rules: timers, queue
 * messages at least once with retries and poison, blob events once for each version of a ticket.
 */
export class DropWorld<B extends Blobs, Q extends HostQueues> {
  readonly clock: WorldClock;
  readonly blobs: B;
  readonly queues: Q;
  readonly secrets = new MemorySecrets();
  readonly sites = new Map<ConnectorName, MemorySite>();
  readonly directory: MemoryDirectory;
  readonly groups = new MemoryGroups();
  readonly mailboxes = new Map<ObjectId, MemoryMailbox>();
  readonly log = createRecordingLog();
  /** What invocations threw. */
  readonly errors: unknown[] = [];
  /** Messages that never arrive, though the sender believes they were sent. */
  loses: (queue: QueueName, task: Task<QueueName>) => boolean = () => false;
  /** Blob events that never come. */
  losesEvent: (path: BlobPath, etag: string) => boolean = () => false;
  readonly #storage: WorldStorage<B, Q>;
  #process: WorldProcess;
  readonly #events = new Map<BlobPath, BlobEvent>();
  readonly #seen = new Map<BlobPath, string>();
  /** Processes that take the work in turn, instead of the one. */
  workers: readonly WorldDeps[] = [];
  #turn = 0;
  #next: readonly FaultyPorts[] = [];
  #losesUnseen = false;
  #writers = 0;

  constructor(storage: WorldStorage<B, Q>, people = users) {
    this.clock = storage.clock;
    this.blobs = storage.blobs;
    this.queues = storage.queues;
    this.#storage = storage;
    this.directory = new MemoryDirectory(people);
    for (const { oid } of people) {
      const mailbox = new MemoryMailbox(this.clock);
      mailbox.root = `root-${oid}-0`;
      this.mailboxes.set(oid, mailbox);
    }
    this.#process = this.start();
  }

  /** Sets a connector up, or changes it. */
  async save(connector: Connector): Promise<void> {
    await putDocument(this.blobs, paths.connector(connector.name), connectorSchema, () => connector, {
      writer: "admin",
    });
  }

  /** Uploads a mapping. */
  async map(csv: string, name = acme): Promise<void> {
    await this.blobs.remove(paths.mapping(name));
    await this.blobs.create(paths.mapping(name), Buffer.from(csv));
  }

  /** The connector's site. */
  siteOf(name = acme): MemorySite {
    const site = this.sites.get(name) ?? new MemorySite();
    this.sites.set(name, site);
    return site;
  }

  /** Puts a file on the site, modified at 05:00 unless told otherwise. */
  put(name: string, bytes: Uint8Array | string, modifiedAt = siteMorning): void {
    this.siteOf().put(`/out/${name}`, bytes, modifiedAt);
  }

  /** The mailbox of a user. */
  mailboxOf(oid: ObjectId): MemoryMailbox {
    const mailbox = this.mailboxes.get(oid);
    if (mailbox === undefined) throw new Error(`there is no mailbox ${oid}`);
    return mailbox;
  }

  /** The starts of the texts in a mailbox, sorted: each item as often as it is there. */
  textsIn(oid: ObjectId): string[] {
    return this.mailboxOf(oid)
      .items.map(({ message }) => message.subject.slice(message.subject.lastIndexOf(" - ") + 3))
      .toSorted();
  }

  /** A new process; the one before is no longer used for what comes. `then` are the ports of those that follow when it dies. */
  start(ports = new FaultyPorts(), ...then: readonly FaultyPorts[]): WorldProcess {
    this.#process = { ports, deps: this.#depsOf(ports) };
    this.#next = then;
    return this.#process;
  }

  /** Takes away every message and blob event that there is. */
  async loseAll(): Promise<void> {
    await this.queues.clear();
    this.#events.clear();
    this.#losesUnseen = true;
  }

  /** The process that takes the work. */
  get process(): WorldProcess {
    return this.#process;
  }

  /** Everything that a process needs, apart from the one that takes the work. */
  get deps(): WorldDeps {
    return this.#process.deps;
  }

  /** The drop, open or closed. */
  async drop(id: DropId): Promise<DropState> {
    const drop = await readDrop(this.blobs, id);
    if (drop === undefined) throw new Error(`there is no drop ${id}`);
    return drop;
  }

  /** Its files. */
  async files(id: DropId): Promise<FileState[]> {
    return await readFiles(this.blobs, await this.drop(id));
  }

  /** The report of a drop's generation. */
  async report(id: DropId, gen = 1): Promise<DropReport> {
    const found = await readDocument(this.blobs, paths.dropReport(id, gen), dropReport);
    if (found === undefined) throw new Error(`there is no report of ${id}/${gen}`);
    return found.value;
  }

  /** Fetches now, as an admin may, and goes on until quiet. */
  async fetch(name = acme): Promise<void> {
    await this.queues.send("fetches", { v: 1, runId: "by-hand", connector: name });
    await this.runUntilQuiet();
  }

  /** Does everything that can be done, turning the clock from tick to tick, until nothing is open but what waits for an admin. */
  async runUntilQuiet(longestInMs = 6 * 3600_000): Promise<void> {
    const end = this.clock.now() + longestInMs;
    while (!(await this.isQuiet())) {
      if (this.clock.now() > end) throw await this.#notQuiet();
      await this.tick();
    }
  }

  /** For so long, whether quiet or not. */
  async runFor(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) await this.tick();
  }

  /** Five minutes: the timers, then all that they and time have brought about. */
  async tick(): Promise<void> {
    const until = this.clock.now() + 5 * minute;
    await this.invoke((deps) => fetchDue(deps));
    await this.drain();
    await this.invoke((deps) => sweep(deps));
    await this.drain();
    for (let next = this.#nextWork(); next !== undefined && next <= until; next = this.#nextWork()) {
      this.clock.turn(Math.max(0, next - this.clock.now()));
      await this.drain();
    }
    this.clock.turn(Math.max(0, until - this.clock.now()));
  }

  /** Whatever is visible now: blob events and messages. */
  async drain(): Promise<void> {
    while ((await this.takeEvent()) || (await this.takeMessage()));
  }

  /** Runs the next blob event that is due. */
  async takeEvent(): Promise<boolean> {
    await this.#scan();
    const event = [...this.#events.values()].find(({ notBefore }) => notBefore <= this.clock.now());
    if (event === undefined) return false;
    // Storage is asked again only after a while, so that an event whose process died does not come at once.
    event.notBefore = this.clock.now() + 5 * minute;
    const message = { ContainerName: "released", BlobName: event.path.slice("released/".length) };
    const end = await this.invoke((deps) =>
      openDropFile(deps, parseTicketPath(event.path)).catch(
        noting(deps, { queue: "released", message, dequeueCount: undefined }),
      ),
    );
    if (end === "thrown") event.tries += 1;
    if (end === "thrown" && event.tries >= maxDequeueCount) {
      await this.#bury("webjobs-blobtrigger-poison", event.etag, message);
      this.#events.delete(event.path);
    } else if (end === "done" && this.#events.get(event.path) === event) this.#events.delete(event.path);
    else if (end === "thrown") event.notBefore = this.clock.now() + 30_000;
    return true;
  }

  /** Runs the next visible message of any queue, of the later stages first. */
  async takeMessage(): Promise<boolean> {
    for (const queue of queueNames.toReversed()) if (await this.takeFrom(queue)) return true;
    return false;
  }

  /** Runs the next visible message of a queue; false when there is none. */
  async takeFrom(queue: QueueName): Promise<boolean> {
    const taken = await this.queues.take(queue, 10 * minute);
    if (taken === undefined) return false;
    const delivery = { queue, message: taken.task, dequeueCount: taken.dequeueCount };
    const end = await this.invoke((deps) => runTask(deps, queue, taken.task).catch(noting(deps, delivery)));
    if (end === "done") await taken.acknowledge();
    if (end !== "thrown") return true;
    if (taken.dequeueCount < maxDequeueCount) await taken.putBack(30_000);
    else {
      await this.#bury(`${queue}-poison`, `${queue}-${this.errors.length}`, taken.task);
      await taken.acknowledge();
    }
    return true;
  }

  /** Runs something in the process that takes the work. One that has died is followed by a new one without faults. */
  async invoke(work: (deps: WorldDeps) => Promise<unknown>, process = this.#process): Promise<InvocationEnd> {
    const { ports } = process;
    this.#turn += 1;
    const run = work(this.workers[this.#turn % this.workers.length] ?? process.deps).then(
      () => "done" as const,
      (error: unknown) => {
        this.errors.push(error);
        return "thrown" as const;
      },
    );
    const died = ports.ended.then(() => "died" as const);
    const end = await Promise.race([run, died, this.#untilTimedOut(ports, run)]);
    if (ports.hasEnded && this.#process === process) this.start(...this.#next);
    return ports.hasEnded && end !== "thrown" ? "died" : end;
  }

  /** What hangs is ended by the host's time limit, and its whole process with it; for the host it has failed. */
  async #untilTimedOut(ports: FaultyPorts, run: Promise<InvocationEnd>): Promise<InvocationEnd> {
    await ports.nextHang;
    const settled = await Promise.race([run, sleep(this.#storage.patienceInMs)]);
    if (settled !== undefined) return settled;
    this.clock.turn(functionTimeoutInMs);
    ports.vanish();
    return "thrown";
  }

  /** Whether there is nothing to do: no message, no event, no drop but held ones, and each connector was fetched well. */
  async isQuiet(): Promise<boolean> {
    await this.#scan();
    if (this.#events.size > 0) return false;
    for (const queue of queueNames) if ((await this.queues.count(queue)) > 0) return false;
    for await (const id of listOpenIds(this.blobs))
      if ((await readDrop(this.blobs, id))?.state !== "held") return false;
    for await (const { path } of this.blobs.list(paths.connectors)) {
      const record = await readFetchRecord(this.blobs, connectorName.parse(path.slice(paths.connectors.length)));
      if (record?.fetchedAt !== record?.triedAt || record === undefined) return false;
    }
    return true;
  }

  async #notQuiet(): Promise<Error> {
    const open: string[] = [];
    for await (const id of listOpenIds(this.blobs)) open.push(`${id} ${(await readDrop(this.blobs, id))?.state}`);
    const counts = await Promise.all(queueNames.map(async (queue) => `${queue} ${await this.queues.count(queue)}`));
    const cause = this.errors.at(-1);
    return new Error(`does not become quiet: ${[...open, ...counts].join(", ")}; last error: ${String(cause)}`, {
      cause,
    });
  }

  async #bury(queue: string, id: string, message: unknown): Promise<void> {
    await this.invoke((deps) => buryMessage(deps, queue, id, message));
  }

  async #scan(): Promise<void> {
    const isLost = this.#losesUnseen;
    this.#losesUnseen = false;
    for await (const { path, etag } of this.blobs.list("released/")) {
      if (this.#seen.get(path) === etag) continue;
      this.#seen.set(path, etag);
      if (isLost) continue;
      if (!this.losesEvent(path, etag)) this.#events.set(path, { path, etag, tries: 0, notBefore: this.clock.now() });
    }
  }

  #nextWork(): number | undefined {
    const messages = queueNames.flatMap((queue) => this.queues.nextVisibleAt(queue) ?? []);
    const times = [...messages, ...[...this.#events.values()].map(({ notBefore }) => notBefore)];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #depsOf(ports: FaultyPorts): WorldDeps {
    this.#writers += 1;
    const writer = `w-${this.#writers}`;
    const { app } = this.#storage;
    const blobs = ports.wrap("blobs", app.blobs);
    const lossy: Queues = {
      send: async (queue, task, delayInMs) =>
        this.loses(queue, task) ? undefined : await app.queues.send(queue, task, delayInMs),
    };
    const queues = ports.wrap("queues", lossy);
    const directory = ports.wrap("directory", this.directory);
    const secrets = ports.wrap("secrets", this.secrets);
    const epochs = new MailboxEpochs({ blobs, log: this.log, writer: { writer } });
    const shared = { blobs, queues, log: this.log, clock: this.clock, peopleOf: createPeopleShelf(blobs, 4) };
    return {
      ...shared,
      ...{ writer, secrets },
      openSite: async ({ name }) => {
        // A real site asks for its password at each fetch.
        await secrets.getOptional(secretName(name, "sftp-password"));
        return toSite(ports, this.siteOf(name));
      },
      findMailbox: createMailboxFinder({ directory, epochs }),
      groupMembers: ports.wrap("groups", this.groups),
      import: this.#toImportDeps(ports, shared, epochs, writer),
      ...{ atOnce: 4, deadlineInMs: 1_500_000, retryAfterInMs: 30 * minute, settleInMs: 30_000, stallInMs: 60_000 },
      ...{ incompleteTries: 5, incompleteWaitInMs: 15 * minute, lockInMs, peopleWaitInMs: 10_000 },
      ...{ mapTurns: createTurns(), gatherTurns: createTurns() },
      ...{ standstillInMs: 15 * minute, waitingAlertInMs: 120 * minute, plaintextKeptInMs: 7 * 24 * 3600_000 },
    };
  }

  #toImportDeps(
    ports: FaultyPorts,
    shared: Pick<ImportDeps, "blobs" | "queues" | "log" | "clock" | "peopleOf">,
    epochs: MailboxEpochs,
    writer: string,
  ): ImportDeps {
    let turns = 0;
    return {
      ...shared,
      mailboxOf: (oid) => ports.wrap("mailbox", this.mailboxOf(oid)),
      seenMailbox: (oid, rootId) => epochs.seen(oid, rootId),
      factsOf: (drop) => readDropFacts(shared.blobs, drop),
      generationOf: async (drop) => (await readDrop(shared.blobs, drop))?.gen,
      random: () => 0.5,
      newWriter: () => {
        turns += 1;
        return `${writer}-${turns}`;
      },
      settings: toImportSettings({ renewEveryInMs }),
    };
  }
}

/** The pipeline over ports in memory. */
export class PipelineWorld extends DropWorld<MemoryBlobs, MemoryQueues> {
  constructor(people = users) {
    super(openMemoryStorage(newWorldClock()), people);
  }
}

/** The clock that a world begins with: an hour after the site's files came. */
export function newWorldClock(): WorldClock {
  return new WorldClock(siteMorning + 60 * minute, [lockInMs / 4, renewEveryInMs]);
}

/** A site whose reading is one call more, so that its loss can be planned; streams are not given out by promises. */
function toSite(ports: FaultyPorts, site: MemorySite): Site {
  const wrapped = ports.wrap("site", {
    entries: async (folder: string, signal?: AbortSignal) => await site.list(folder, signal),
    stat: async (path: string, signal?: AbortSignal) => await site.stat(path, signal),
    open: async (path: string, sizeInBytes: number, signal?: AbortSignal) => site.read(path, sizeInBytes, signal),
  });
  return {
    list: (folder, signal) => wrapped.entries(folder, signal),
    stat: (path, signal) => wrapped.stat(path, signal),
    read: async function* (path, sizeInBytes, signal) {
      yield* await wrapped.open(path, sizeInBytes, signal);
    },
    end: () => site.end(),
  };
}

/** As functions/wiring.ts does it: why it failed is kept before the host hears of it. */
function noting(deps: WorldDeps, delivery: Delivery): (error: unknown) => Promise<never> {
  return async (error) => {
    await noteFailure(deps, delivery, error).catch(() => undefined);
    throw error;
  };
}

async function runTask(deps: WorldDeps, queue: QueueName, task: unknown): Promise<unknown> {
  switch (queue) {
    case "fetches":
      return await fetchNow(deps, parseTask("fetches", task).connector);
    case "chats":
      return await mapChats(deps, parseTask("chats", task));
    case "partitions":
      return await gatherMailboxes(deps, parseTask("partitions", task));
    case "mailboxes":
      return await importMailbox(deps.import, parseTask("mailboxes", task));
    case "checks":
      throw new Error("nobody asks this app to check itself");
  }
}
