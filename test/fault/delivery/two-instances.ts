import { setTimeout } from "node:timers/promises";
import { type DequeuedMessageItem, type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import type { Random } from "../../../local/sample/random.ts";
import { MailboxEpochs } from "../../../shared/directory/mailbox-epochs.ts";
import { createMailboxFinder } from "../../../shared/directory/mailbox-finder.ts";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { readDrop } from "../../../shared/pipeline/drop-book.ts";
import { readDropFacts } from "../../../shared/pipeline/drop-facts.ts";
import { createPeopleShelf } from "../../../shared/pipeline/import-people.ts";
import { openDropFile } from "../../../shared/pipeline/open-drop-file.ts";
import { parseTicketPath } from "../../../shared/pipeline/ticket-path.ts";
import type { Clock } from "../../../shared/store/clock.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { QueueName, Queues } from "../../../shared/store/queues.ts";
import { acme, dropOf, type PipelineWorld, queueNames, type WorldDeps } from "../../support/pipeline-world.ts";
import type { StorageBehindProxy } from "../../support/storage-behind-proxy.ts";
import { runTask } from "./run-task.ts";

/** What happened. */
export interface Traffic {
  sent: number;
  /** Messages and blob events that were handed to an instance. */
  delivered: number;
  /** Of them, while an instance was at the same thing. */
  atOnce: number;
  thrown: number;
}

/** Shorter than much of the work, so that a message comes again while somebody is still at it. */
const visibilityInS = 1;
const renewEveryInMs = 7999;

/** Its own machine's time; of waits only the renewing of leases lasts. */
const hasty: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms === renewEveryInMs ? 5000 : Math.min(ms, 20), undefined, { signal }),
};

/**
 * Two instances over Azurite's blobs and queues. Each message lies in its queue twice, the second time up to three seconds
 * later; each ticket's event comes to both; of what was done every third message is not deleted, and so comes once more.
 */
export class TwoInstances {
  readonly traffic: Traffic = { sent: 0, delivered: 0, atOnce: 0, thrown: 0 };
  readonly errors: unknown[] = [];
  readonly #storage: StorageBehindProxy;
  readonly #random: Random;
  readonly #instances: readonly WorldDeps[];
  readonly #clients: ReadonlyMap<QueueName, QueueClient>;
  readonly #underWay = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #doubled = new Set<string>();

  constructor(world: PipelineWorld, storage: StorageBehindProxy, random: Random) {
    this.#storage = storage;
    this.#random = random;
    const service = QueueServiceClient.fromConnectionString(storage.azurite.connectionString);
    this.#clients = new Map(queueNames.map((name) => [name, service.getQueueClient(name)]));
    this.#instances = ["one", "two"].map((name) => this.#instanceOf(world, name));
  }

  /** One of them, to ask for something as an admin does. */
  get instance(): WorldDeps {
    return this.#random.pick(this.#instances);
  }

  /** Both take work until a generation is closed and every queue is empty. @throws Error when that takes too long */
  async run(gen: number, deadlineInMs: number): Promise<void> {
    const end = Date.now() + deadlineInMs;
    const isOver = async (): Promise<boolean> => {
      if (Date.now() > end) throw new Error("does not come to an end", { cause: this.errors.at(-1) });
      const report = await this.#storage.sound.blobs.head(paths.dropReport(dropOf(1), gen));
      return report !== undefined && (await this.#isEmpty());
    };
    while (!(await isOver())) {
      const works = this.#instances.flatMap((deps) => [
        this.#takeEvents(deps),
        ...queueNames.map((queue) => this.#take(deps, queue)),
      ]);
      await Promise.all(works);
      await setTimeout(150);
    }
  }

  async #isEmpty(): Promise<boolean> {
    const counts = await Promise.all(
      [...this.#clients.values()].map(async (client) => (await client.getProperties()).approximateMessagesCount ?? 0),
    );
    return counts.every((count) => count === 0);
  }

  async #take(deps: WorldDeps, queue: QueueName): Promise<void> {
    const client = this.#clients.get(queue);
    const options = { numberOfMessages: 16, visibilityTimeout: visibilityInS };
    const taken = (await client?.receiveMessages(options))?.receivedMessageItems ?? [];
    await Promise.all(taken.map((message) => this.#deliverMessage(deps, queue, message)));
  }

  async #deliverMessage(deps: WorldDeps, queue: QueueName, message: DequeuedMessageItem): Promise<void> {
    const text = Buffer.from(message.messageText, "base64").toString();
    const isDone = await this.#deliver(`${queue} ${text}`, () => runTask(deps, queue, JSON.parse(text)));
    if (!isDone || (message.dequeueCount === 1 && this.#random.next() < 0.33)) return;
    // Whoever was too slow holds a receipt that is out of date: the message comes again.
    await this.#clients
      .get(queue)
      ?.deleteMessage(message.messageId, message.popReceipt)
      .catch(() => undefined);
  }

  async #takeEvents(deps: WorldDeps): Promise<void> {
    for await (const { path, etag } of deps.blobs.list("released/")) {
      const name = `${path} ${etag} ${deps.writer}`;
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      const isDone = await this.#deliver(`${path} ${etag}`, () => openDropFile(deps, parseTicketPath(path)));
      if (!isDone) this.#seen.delete(name);
    }
  }

  async #deliver(name: string, work: () => Promise<unknown>): Promise<boolean> {
    const besides = this.#underWay.get(name) ?? 0;
    this.#underWay.set(name, besides + 1);
    this.traffic.delivered += 1;
    if (besides > 0) this.traffic.atOnce += 1;
    const isDone = await work().then(
      () => true,
      (error: unknown) => {
        this.traffic.thrown += 1;
        this.errors.push(error);
        return false;
      },
    );
    this.#underWay.set(name, (this.#underWay.get(name) ?? 1) - 1);
    return isDone;
  }

  #instanceOf(world: PipelineWorld, name: string): WorldDeps {
    const { blobs } = this.#storage.sound;
    const deps = world.start().deps;
    const epochs = new MailboxEpochs({ blobs, log: world.log, writer: { writer: name } });
    const shared = {
      blobs,
      queues: this.#queues(),
      clock: hasty,
      log: world.log,
      peopleOf: createPeopleShelf(blobs, 4),
    };
    let turns = 0;
    return {
      ...deps,
      ...{ ...shared, clock: Object.assign(world.clock, hasty), writer: name },
      findMailbox: createMailboxFinder({ directory: world.directory, epochs }),
      groupMembers: world.groups,
      import: {
        ...{ ...deps.import, ...shared },
        mailboxOf: (oid) => world.mailboxOf(oid),
        seenMailbox: (oid, rootId) => epochs.seen(oid, rootId),
        factsOf: (drop) => readDropFacts(blobs, drop),
        generationOf: async (drop) => (await readDrop(blobs, drop))?.gen,
        newWriter: () => {
          turns += 1;
          return `${name}-${turns}`;
        },
        settings: toImportSettings({ renewEveryInMs, lockedPauseInMs: 1000, doubtWaitInMs: 90_000 }),
      },
    };
  }

  #queues(): Queues {
    const { queues } = this.#storage.sound;
    return {
      send: async (queue, task, delayInMs) => {
        this.traffic.sent += 1;
        await queues.send(queue, task, delayInMs);
        // Once is enough: a message that is put off would be two, then four, then eight.
        const text = `${queue} ${JSON.stringify(task)}`;
        if (this.#doubled.has(text)) return;
        this.#doubled.add(text);
        await queues.send(queue, task, (delayInMs ?? 0) + this.#random.int(0, 3000));
      },
    };
  }
}

/** The message by which an admin asks for a fetch. */
export const fetchTask = { v: 1, runId: "by-hand", connector: acme } as const;
