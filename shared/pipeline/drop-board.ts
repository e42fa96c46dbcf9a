import type { DropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import type { ReadBudget } from "./changed-blobs.ts";
import { ClosedGenerations, type WholeDrop } from "./closed-generations.ts";
import type { Need } from "./drop-needs.ts";
import { type DropState, dropState } from "./drop-state.ts";
import { type GenerationSummary, toRunningSummary } from "./generation-summary.ts";
import { type GenerationFacts, GenerationWatch } from "./generation-watch.ts";
import { Kept } from "./kept.ts";
import { toUnreadable, type Unreadable } from "./read-problem.ts";

/** What the board takes. */
export interface BoardDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
  /** For how long all who ask about a running drop get one answer, ms. @default 4000 */
  readonly sharedForInMs?: number;
}

/** A drop as it stands, for those who look. */
export type DropNow =
  | ({ readonly status: "running"; readonly drop: DropState; readonly facts: GenerationFacts } & Told)
  | ({ readonly status: "closed"; readonly drop: DropState } & Told)
  /** Its report is lacking or cannot be read. */
  | { readonly status: "unreported"; readonly drop: DropState; readonly unreadable: Unreadable }
  | { readonly status: "unreadable"; readonly id: DropId; readonly unreadable: Unreadable };

interface Told {
  readonly summary: GenerationSummary;
  /** Where the newest generation deals with a part only: the last one that dealt with the whole drop. */
  readonly whole?: WholeDrop;
  /** What needs a person, in this generation and in those that it left alone. */
  readonly needs: readonly Need[];
  /** ms since 1970 */
  readonly asOf: number;
}

/** A drop's record as it was read. */
export interface StoredDrop {
  readonly drop: DropState;
  readonly etag: string;
}

interface Shared {
  readonly etag: string;
  readonly at: number;
  readonly now: Promise<DropNow>;
}

/**
 * Tells how drops stand, to many who ask often: what was read is kept as long as it cannot have changed, and what can
 * change is looked at once for all who ask within some seconds. It changes nothing.
 */
export class DropBoard {
  readonly closed: ClosedGenerations;
  readonly #deps: BoardDeps;
  readonly #watches = new Kept<string, GenerationWatch>(32);
  readonly #shared = new Kept<DropId, Shared>(64);
  /** Records of closed drops, by path, as a listing knows their version. */
  readonly #records = new Kept<BlobPath, StoredDrop>(4000);

  constructor(deps: BoardDeps) {
    this.#deps = deps;
    this.closed = new ClosedGenerations(deps.blobs);
  }

  /**
   * The drop as it stands; undefined when there is none. What it answers of a running one is up to some seconds old.
   * @param budget as for a list; without one all of a running drop is read
   */
  async read(id: DropId, budget?: ReadBudget): Promise<DropNow | undefined> {
    const open = await this.#readRecord(paths.open(id));
    if (open === undefined) {
      const closed = await this.#readRecord(paths.closed(id));
      return closed === undefined
        ? undefined
        : isStored(closed)
          ? await this.#toClosed(closed.drop)
          : toBroken(id, closed);
    }
    if (!isStored(open)) return toBroken(id, open);
    const { clock, sharedForInMs = 4000 } = this.#deps;
    const shared = this.#shared.get(id);
    if (shared?.etag === open.etag && clock.now() - shared.at < sharedForInMs) return await shared.now;
    // What is told of a part must not be shared with those who ask for all.
    if (budget !== undefined) return await this.#toRunning(open.drop, budget);
    const now = this.#toRunning(open.drop);
    this.#shared.set(id, { etag: open.etag, at: clock.now(), now });
    now.catch(() => this.#shared.delete(id));
    return await now;
  }

  /**
   * The same for a list, in which each drop may cost only so much: of a running one whose records are more than the budget
   * allows there are no sums. What was read is kept, so that the next try has more.
   */
  async readListed(id: DropId, record: BlobPath, etag: string, budget: ReadBudget): Promise<DropNow | undefined> {
    const found = await this.findRecord(record, etag);
    if (found === undefined) return undefined;
    if (!isStored(found)) return toBroken(id, found);
    return record.startsWith(paths.opens)
      ? await this.#toRunning(found.drop, budget)
      : await this.#toClosed(found.drop);
  }

  /** A drop's record alone, of a version that a listing has told; undefined when it is gone. */
  async findRecord(record: BlobPath, etag: string): Promise<StoredDrop | Unreadable | undefined> {
    const known = this.#records.get(record);
    if (known?.etag === etag) return known;
    const found = await this.#readRecord(record);
    if (found !== undefined && isStored(found) && record.startsWith(paths.closeds)) this.#records.set(record, found);
    return found;
  }

  /** What watches a generation, running or closed. */
  watchOf({ id, gen }: Pick<DropState, "id" | "gen">): GenerationWatch {
    return this.#watches.take(`${id}/${gen}`, () => new GenerationWatch(this.#deps.blobs, { id, gen }));
  }

  /** Something was done to the drop: who asks next must see it. */
  forget(id: DropId): void {
    this.#shared.delete(id);
  }

  async #toRunning(drop: DropState, budget?: ReadBudget): Promise<DropNow> {
    const asOf = this.#deps.clock.now();
    const facts = await this.watchOf(drop).look(drop, budget);
    const summary = toRunningSummary(facts);
    return { status: "running", drop, facts, summary, ...(await this.#tellEarlier(drop, summary)), asOf };
  }

  async #toClosed(drop: DropState): Promise<DropNow> {
    const found = await this.closed.read(drop.id, drop.gen);
    if (found?.summary === undefined) {
      const record = paths.dropReport(drop.id, drop.gen);
      return {
        status: "unreported",
        drop,
        unreadable: found?.unreadable ?? { record, problem: `${record} is missing.` },
      };
    }
    const { summary } = found;
    const earlier = await this.#tellEarlier(drop, summary);
    return { status: "closed", drop, summary, ...earlier, asOf: summary.closedAt ?? drop.movedAt };
  }

  /** What the newest generation leaves alone stands as the ones before it have left it. */
  async #tellEarlier(drop: DropState, { needs }: GenerationSummary): Promise<Pick<Told, "whole" | "needs">> {
    const whole = drop.scope === undefined ? undefined : await this.closed.readWhole(drop);
    const all = [...needs, ...(await this.closed.listLeftOver(drop))];
    return { needs: all, ...(whole === undefined ? {} : { whole }) };
  }

  async #readRecord(path: BlobPath): Promise<StoredDrop | Unreadable | undefined> {
    try {
      const found = await readDocument(this.#deps.blobs, path, dropState);
      return found === undefined ? undefined : { drop: found.value, etag: found.etag };
    } catch (error) {
      const unreadable = toUnreadable(path, error);
      if (unreadable === undefined) throw error;
      return unreadable;
    }
  }
}

function isStored(record: StoredDrop | Unreadable): record is StoredDrop {
  return "drop" in record;
}

function toBroken(id: DropId, unreadable: Unreadable): DropNow {
  return { status: "unreadable", id, unreadable };
}
