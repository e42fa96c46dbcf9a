import { type MailboxId, mailboxId } from "../chat/identifiers.ts";
import { noTally, type Tally, total } from "../import/tally.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { sumOutcomes } from "./build-report.ts";
import { ChangedBlobs, type Look, type ReadBudget } from "./changed-blobs.ts";
import { sumCountedChunks } from "./counted-chunks.ts";
import { type DeadWork, deadWork } from "./dead-work.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { type FileState, fileState } from "./file-state.ts";
import { ListedHeads } from "./listed-heads.ts";
import { part } from "./parts.ts";
import type { Unreadable } from "./read-problem.ts";
import { type RunSummary, readSummary } from "./run-result.ts";
import { type RunState, runState } from "./run-state.ts";
import type { DropWork } from "./work-name.ts";
import { standingOfWork } from "./work-standing.ts";

/** A mailbox run as it stands. */
export interface WatchedRun {
  readonly mailbox: MailboxId;
  /** Its record; undefined where that cannot be read. */
  readonly run: RunState | undefined;
  readonly unreadable?: Unreadable;
  /** A result is its last word, also where the note that it is over was lost. */
  readonly hasEnded: boolean;
  /** What is settled of it. */
  readonly settled: Tally;
  /** When its record was last written, ms since 1970. */
  readonly modifiedAt: number;
}

/** Sums of what mapping counted. */
interface Mapped {
  readonly items: number;
  readonly deliveries: number;
  readonly unmappedItems: number;
  readonly outOfScopeItems: number;
}

/** What storage tells of a running generation. */
export interface GenerationFacts {
  readonly drop: DropState;
  /** Its listed files, those that can be read. */
  readonly files: readonly FileState[];
  /** Chat files that are cut into chunks. */
  readonly sealedFiles: number;
  readonly mappedChunks: number;
  readonly mapped: Mapped;
  readonly parts: number;
  readonly mailboxes: number;
  readonly runs: readonly WatchedRun[];
  readonly settled: Tally;
  /** Items x mailboxes that were promised: by the index, later by the work lists. */
  readonly promised: number;
  /** Work that was given up and is still to be done. */
  readonly dead: readonly DeadWork[];
  readonly unreadable: readonly Unreadable[];
  /** Whether all was read that the sums are made of: else they say nothing. */
  readonly isWhole: boolean;
}

/** The queue whose work takes a drop out of a state; work of the others is done or not begun. */
const queueOf: Readonly<Partial<Record<DropState["state"], DropWork["queue"]>>> = {
  released: "released",
  sealed: "chats",
  routed: "partitions",
  gathered: "mailboxes",
  importing: "mailboxes",
};

/**
 * Follows one generation of a drop while it is at work. It adds up what readReport does, and keeps what it has read, so
 * that a look costs a few listings and one read for each record that has changed since.
 */
export class GenerationWatch {
  readonly #blobs: Blobs;
  readonly #files: ChangedBlobs<FileState>;
  readonly #chunks: ChangedBlobs<Mapped>;
  readonly #parts: ChangedBlobs<{ readonly mailboxes: number; readonly items: number }>;
  readonly #runs: ChangedBlobs<RunState>;
  /** Only those of runs whose own record does not say that they are over. */
  readonly #summaries: ChangedBlobs<RunSummary>;
  readonly #dead: ChangedBlobs<DeadWork>;

  constructor(blobs: Blobs, { id, gen }: Pick<DropState, "id" | "gen">) {
    const document =
      <T>(schema: Parameters<typeof readDocument<T>>[2]) =>
      async (path: BlobPath) =>
        (await readDocument(blobs, path, schema))?.value;
    this.#blobs = blobs;
    this.#files = new ChangedBlobs(blobs, document(fileState));
    this.#chunks = new ChangedBlobs(blobs, async (path) => {
      const { items, deliveries, unmappedItems, outOfScopeItems } = await sumCountedChunks(blobs, { id, gen }, [path]);
      return { items, deliveries, unmappedItems, outOfScopeItems };
    });
    this.#parts = new ChangedBlobs(blobs, async (path) => {
      const found = (await readDocument(blobs, path, part))?.value;
      if (found === undefined) return undefined;
      const of = Object.values(found.mailboxes);
      return { mailboxes: of.length, items: of.reduce((sum, { items }) => sum + items, 0) };
    });
    this.#runs = new ChangedBlobs(blobs, document(runState));
    this.#summaries = new ChangedBlobs(blobs, (path) => readSummary(blobs, path));
    this.#dead = new ChangedBlobs(blobs, document(deadWork));
  }

  /** Looks again. @param drop as it stands now */
  async look(drop: DropState, budget: ReadBudget = { left: Number.POSITIVE_INFINITY }): Promise<GenerationFacts> {
    const files = await this.#lookAtFiles(drop, budget);
    // What is settled first, what was promised after it: else the drop could overtake us, and more be settled than promised.
    const runs = await this.#lookAtRuns(drop, budget);
    const chunks = await this.#lookAtChunks(drop, budget);
    const parts = await this.#lookAtParts(drop, budget);
    const dead = await this.#lookAtDead(drop, budget);
    const mapped = sumMapped(chunks);
    const gathered = sumParts(parts);
    const settled = sumOutcomes(runs.runs.map(({ settled: counts }) => ({ counts })));
    return {
      ...{ drop, mapped, settled, runs: runs.runs },
      files: files.files,
      sealedFiles: await this.#countSealed(drop),
      mappedChunks: chunks.seen.length + chunks.unread,
      parts: parts.seen.length + parts.unread,
      mailboxes: Math.max(gathered.mailboxes, runs.runs.length),
      promised: hasReached(drop.state, "gathered") ? gathered.items : mapped.deliveries,
      dead: dead.open,
      unreadable: [files, runs, dead]
        .flatMap((one) => one.unreadable)
        .concat(unreadableOf(chunks), unreadableOf(parts)),
      isWhole: runs.unread + chunks.unread + parts.unread === 0,
    };
  }

  /** The runs alone: of a closed generation too. */
  async lookAtRuns(drop: Pick<DropState, "id" | "gen">): Promise<readonly WatchedRun[]> {
    return (await this.#readRuns(drop, { left: Number.POSITIVE_INFINITY })).runs;
  }

  async #lookAtFiles({ connector, siteDay, files }: DropState, budget: ReadBudget) {
    const wanted = new Set<BlobPath>(files.map((id) => paths.file(connector, siteDay, id)));
    const { seen } = await this.#files.look(`${paths.files(connector)}${siteDay}/`, budget, (path) => wanted.has(path));
    const found = new Set(seen.map(({ path }) => path));
    const missing = [...wanted].filter((path) => !found.has(path) && budget.left > 0);
    const lacking = missing.map((record) => ({ record, problem: `The record ${record} is missing.` }));
    return { files: valuesOf(seen), unreadable: [...unreadableOf({ seen, unread: 0 }), ...lacking] };
  }

  async #countSealed({ id, state, chatFiles }: DropState): Promise<number> {
    if (hasReached(state, "sealed")) return chatFiles.length;
    if (state !== "released") return 0;
    const wanted = new Set<BlobPath>(chatFiles.map((file) => paths.sealed(id, file.id)));
    let sealed = 0;
    for await (const { path } of this.#blobs.list(`chats/${id}/`)) if (wanted.has(path)) sealed += 1;
    return sealed;
  }

  async #lookAtRuns(drop: DropState, budget: ReadBudget) {
    if (!hasReached(drop.state, "routed")) return { runs: [], unread: 0, unreadable: [] };
    return await this.#readRuns(drop, budget);
  }

  async #readRuns({ id, gen }: Pick<DropState, "id" | "gen">, budget: ReadBudget) {
    const { seen, unread } = await this.#runs.look(paths.runs(id, gen), budget, isOfMailbox);
    const noted = new Set(
      seen.filter(({ value }) => value !== undefined && isOver(value)).map(({ path }) => nameOf(path)),
    );
    const isUnnoted = (path: BlobPath): boolean => !noted.has(nameOf(path));
    const results = await this.#summaries.look(paths.results(id, gen), budget, isUnnoted);
    const summaries = new Map(results.seen.map((one) => [nameOf(one.path), one.value]));
    const runs = seen.map(({ path, value: run, modifiedAt, unreadable }): WatchedRun => {
      const summary = summaries.get(nameOf(path));
      return {
        mailbox: summary?.mailbox ?? run?.mailbox ?? mailboxId.parse(nameOf(path)),
        ...{ run, modifiedAt },
        ...(unreadable === undefined ? {} : { unreadable }),
        hasEnded: summary !== undefined || (run !== undefined && isOver(run)),
        settled: summary?.counts ?? run?.settled ?? noTally,
      };
    });
    const broken = [...unreadableOf({ seen, unread }), ...unreadableOf(results)];
    return { runs, unread: unread + results.unread, unreadable: broken };
  }

  /** Once all are there they change no more. */
  async #lookAtChunks(drop: DropState, budget: ReadBudget): Promise<Look<Mapped>> {
    if (!hasReached(drop.state, "released")) return { seen: [], unread: 0 };
    if (hasReached(drop.state, "routed") && this.#chunks.size === drop.chunks) return this.#chunks.last;
    return await this.#chunks.look(paths.indexOf(drop.id, drop.gen), budget);
  }

  async #lookAtParts(drop: DropState, budget: ReadBudget) {
    if (!hasReached(drop.state, "routed")) return { seen: [], unread: 0 };
    if (this.#parts.size === drop.partitions) return this.#parts.last;
    return await this.#parts.look(paths.parts(drop.id, drop.gen), budget);
  }

  async #lookAtDead(drop: DropState, budget: ReadBudget) {
    const queue = queueOf[drop.state];
    if (queue === undefined) return { open: [], unreadable: [] };
    const look = await this.#dead.look(`${paths.deadOf(queue, drop.id)}${drop.gen}/`, budget);
    const heads = new ListedHeads(this.#blobs);
    const open: DeadWork[] = [];
    for (const one of valuesOf(look.seen)) {
      if (one.deaths === 0 || one.work === undefined) continue;
      if ((await standingOfWork(heads, one.work, one, drop)) === "open") open.push(one);
    }
    return { open, unreadable: unreadableOf(look) };
  }
}

/** Items x mailboxes of a run that are not decided. */
export function openOf({ run, settled }: WatchedRun): number {
  return Math.max(0, (run?.available ?? 0) - total(settled));
}

function isOver({ state }: RunState): boolean {
  return state === "done" || state === "blocked";
}

function isOfMailbox(path: BlobPath): boolean {
  return mailboxId.safeParse(nameOf(path)).success;
}

function nameOf(path: BlobPath): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function sumMapped({ seen }: Look<Mapped>): Mapped {
  const sum = { items: 0, deliveries: 0, unmappedItems: 0, outOfScopeItems: 0 };
  for (const chunk of valuesOf(seen)) {
    sum.items += chunk.items;
    sum.deliveries += chunk.deliveries;
    sum.unmappedItems += chunk.unmappedItems;
    sum.outOfScopeItems += chunk.outOfScopeItems;
  }
  return sum;
}

function sumParts({ seen }: Look<{ readonly mailboxes: number; readonly items: number }>) {
  const sum = { mailboxes: 0, items: 0 };
  for (const { mailboxes, items } of valuesOf(seen)) {
    sum.mailboxes += mailboxes;
    sum.items += items;
  }
  return sum;
}

function valuesOf<T>(seen: Look<T>["seen"]): T[] {
  return seen.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function unreadableOf<T>({ seen }: Look<T>): Unreadable[] {
  return seen.flatMap(({ unreadable }) => (unreadable === undefined ? [] : [unreadable]));
}
