import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ChatLine } from "../../shared/chat/chat-item.ts";
import {
  dropId,
  feedId,
  fileId,
  imId,
  importKey,
  type MailboxId,
  mailboxId,
  objectId,
  sha256Hex,
  toChatDay,
} from "../../shared/chat/identifiers.ts";
import type { People } from "../../shared/chat/people.ts";
import { type ImportSettings, toImportSettings } from "../../shared/import/import-settings.ts";
import { readDrop } from "../../shared/pipeline/drop-book.ts";
import type { DropFacts, ImportDeps } from "../../shared/pipeline/import-deps.ts";
import { importMailbox } from "../../shared/pipeline/import-mailbox.ts";
import { type ResultLine, readResult } from "../../shared/pipeline/run-result.ts";
import { createRun, type RunState, readRun } from "../../shared/pipeline/run-state.ts";
import type { Clock } from "../../shared/store/clock.ts";
import { toGzipLines } from "../../shared/store/lines.ts";
import { paths } from "../../shared/store/paths.ts";
import type { Task } from "../../shared/store/queues.ts";
import { FaultyPorts, type PortFault } from "./faulty-port.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryMailbox } from "./memory-mailbox.ts";
import { MemoryQueues } from "./memory-queues.ts";
import { createRecordingLog } from "./recording-log.ts";

/** Ids that every test of importing uses. */
export const ids = {
  drop: dropId.parse("acme-2026-06-03-1"),
  feed: feedId.parse("ACME"),
  file: fileId.parse("0123456789abcdefghij"),
  otherFile: fileId.parse("9876543210abcdefghij"),
  oid: objectId.parse("11111111-2222-3333-4444-555555555555"),
  mailbox: mailboxId.parse("11111111-2222-3333-4444-555555555555.0"),
};

/** A time of the drop's day: 2026-06-03T14:05:09Z. */
export const sentAt = Date.UTC(2026, 5, 3, 14, 5, 9);

/** An import key made of a word. */
export function keyOf(word: string) {
  return importKey.parse(createHash("sha256").update(word).digest("base64url"));
}

/** A chat line with everything usual, changed by `given`. */
export function chatLineOf(word: string, given: Partial<ChatLine> = {}): ChatLine {
  return {
    position: 0,
    key: keyOf(word),
    conversationId: "room-7",
    kind: "message",
    isHistory: false,
    sentAt,
    from: 0,
    to: [1],
    text: `text of ${word}`,
    attachments: [],
    ...given,
  };
}

/** Two resolved people and one whom the chat knows by ImId alone. */
export const people: People = {
  v: 1,
  drop: ids.drop,
  gen: 1,
  persons: [
    {
      participant: { imId: imId.parse("jdoe"), email: "jane@acme.example", displayName: "Jane Doe", firm: "Acme" },
      mailbox: { id: ids.mailbox, address: "jane.doe@acme.example", displayName: "Jane Doe (London)", via: "email" },
    },
    { participant: { imId: imId.parse("rroe"), email: "roe@bank.example", displayName: "Rick Roe" } },
    { participant: { imId: imId.parse("Zoë O'Hara") }, unmapped: "no-address" },
  ],
  files: { [ids.file]: [0, 1, 2], [ids.otherFile]: [1, 0, 2] },
};

/** An attachment whose bytes lie in container `drops`. */
export function attachmentOf(name: string, bytes: Buffer) {
  const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
  return { name, content: { sha256, sizeInBytes: bytes.length, blob: paths.attachment(ids.drop, sha256) } };
}

/** A clock that only waits move: a worker's renewals sleep until they are called off, every other sleep is over at once. */
export class TurningClock implements Clock {
  #now = Date.UTC(2026, 5, 4, 13);
  readonly #endless: number;

  constructor(endlessSleepInMs: number) {
    this.#endless = endlessSleepInMs;
  }

  now(): number {
    return this.#now;
  }

  turn(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms !== this.#endless) {
      this.#now += ms;
      return setImmediate();
    }
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }
}

/** One work line of a test. */
export interface Line {
  readonly item: ChatLine;
  readonly file?: typeof ids.file;
}

/** Storage, queues, a mailbox and a clock, with one mailbox run in them, and a host that runs it. */
export class ImportWorld {
  readonly settings: ImportSettings;
  readonly clock: TurningClock;
  readonly blobs: MemoryBlobs;
  readonly queues: MemoryQueues;
  readonly mailbox: MemoryMailbox;
  readonly log = createRecordingLog();
  /** What workers threw. */
  readonly errors: unknown[] = [];
  facts: DropFacts = {
    feed: ids.feed,
    zone: "Europe/London",
    itemClass: "IPM.Note",
    withAttachments: true,
    recipientCap: 500,
    evidenceOf: () => "evidence/ACME/2026-06-03/abc-1-2",
  };
  /** Which mailbox a root belongs to. */
  rootOf: (rootId: string) => MailboxId = () => ids.mailbox;
  #writers = 0;

  /** @param clock one that others go by too. */
  constructor(given: Partial<ImportSettings> = {}, clock?: TurningClock) {
    this.settings = toImportSettings({ renewEveryInMs: 7999, itemsPerBatch: 3, blocksPerFile: 4, ...given });
    this.clock = clock ?? new TurningClock(this.settings.renewEveryInMs);
    this.blobs = new MemoryBlobs(this.clock);
    this.queues = new MemoryQueues(this.clock);
    this.mailbox = new MemoryMailbox(this.clock);
  }

  /** Puts a generation's work list, its run and its first message there. */
  async begin(lines: readonly Line[], gen = 1, mailbox = ids.mailbox): Promise<void> {
    const texts = lines.map(
      ({ item, file = ids.file }) => `${file}\t${toChatDay(item.sentAt)}\t${JSON.stringify(item)}`,
    );
    await this.blobs.create(paths.work(ids.drop, gen, mailbox), toGzipLines(texts));
    await createRun(this.blobs, { drop: ids.drop, gen, mailbox }, lines.length, { writer: "gather" });
    await this.send(gen, 0, mailbox);
  }

  /** Enqueues a slice, as gather and the sweep do. */
  async send(gen: number, slice: number, mailbox = ids.mailbox): Promise<void> {
    await this.queues.send("mailboxes", { v: 1, runId: "test", drop: ids.drop, gen, mailbox, slice });
  }

  /** What one worker gets; its ports go wrong as `ports` says. */
  depsOf(ports: FaultyPorts = new FaultyPorts()): ImportDeps {
    const mailbox = ports.wrap("mailbox", this.mailbox);
    const blobs = ports.wrap("blobs", this.blobs);
    return {
      blobs,
      queues: ports.wrap("queues", this.queues),
      mailboxOf: () => mailbox,
      seenMailbox: async (_, rootId) => this.rootOf(rootId),
      factsOf: async () => this.facts,
      generationOf: async (drop) => (await readDrop(blobs, drop))?.gen,
      peopleOf: async () => people,
      clock: this.clock,
      random: () => 0.5,
      newWriter: () => {
        this.#writers += 1;
        return `writer-${this.#writers}`;
      },
      log: this.log,
      settings: this.settings,
    };
  }

  /** One worker's try at the next visible message, as a host does it. Resolves to what came of it. */
  async tryOnce(...faults: readonly PortFault[]): Promise<"nothing" | "acknowledged" | "thrown" | "died"> {
    return await this.tryWith(new FaultyPorts(...faults));
  }

  /** The same with ports that tell their calls afterwards. */
  async tryWith(ports: FaultyPorts): Promise<"nothing" | "acknowledged" | "thrown" | "died"> {
    const taken = this.queues.take("mailboxes", 300_000);
    if (taken === undefined) return "nothing";
    const work = importMailbox(this.depsOf(ports), taken.task).then(
      () => "acknowledged" as const,
      (error: unknown) => {
        this.errors.push(error);
        return "thrown" as const;
      },
    );
    const end = await Promise.race([work, ports.ended.then(() => "died" as const)]);
    if (end === "acknowledged") taken.acknowledge();
    if (end === "thrown") taken.putBack(30_000);
    return end;
  }

  /** Goes on until the run has ended, turning the clock where nothing is visible, sweeping where nothing is queued. */
  async runToEnd(gen = 1, mailbox = ids.mailbox, most = 500): Promise<RunState> {
    for (let tries = 0; tries < most; tries += 1) {
      const run = await this.run(gen, mailbox);
      if (run.state === "done" || run.state === "blocked") return run;
      await this.step(gen, mailbox);
    }
    throw new Error("the run does not come to an end", { cause: this.errors.at(-1) });
  }

  /** One worker's try; where nothing is visible the clock is turned, where nothing is queued the sweep's message is sent. */
  async step(gen = 1, mailbox = ids.mailbox): Promise<void> {
    if ((await this.tryOnce()) !== "nothing") return;
    const next = this.queues.nextVisibleAt("mailboxes");
    if (next === undefined) await this.send(gen, (await this.run(gen, mailbox)).slice, mailbox);
    else this.clock.turn(Math.max(1, next - this.clock.now()));
  }

  /** The run's state. */
  async run(gen = 1, mailbox = ids.mailbox): Promise<RunState> {
    const run = await readRun(this.blobs, { drop: ids.drop, gen, mailbox });
    if (run === undefined) throw new Error("no run");
    return run;
  }

  /** The run's result. */
  async result(gen = 1, mailbox = ids.mailbox): Promise<ResultLine[]> {
    const lines = await readResult(this.blobs, paths.result(ids.drop, gen, mailbox));
    const result: ResultLine[] = [];
    for await (const line of lines ?? []) result.push(line);
    return result;
  }

  /** A message for the first slice. */
  taskOf(gen = 1, slice = 0): Task<"mailboxes"> {
    return { v: 1, runId: "test", drop: ids.drop, gen, mailbox: ids.mailbox, slice };
  }
}
