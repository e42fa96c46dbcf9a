import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { readDrop } from "./drop-book.ts";
import { readDropFacts } from "./drop-facts.ts";
import type { DropFacts } from "./import-deps.ts";
import { Kept } from "./kept.ts";

const dropsKept = 16;

/** A DropShelf and how long it keeps what it has read. */
export interface DropShelfDeps {
  readonly blobs: Blobs;
  readonly clock: Pick<Clock, "now">;
  readonly keptInMs: number;
}

/**
 * What all mailbox runs of a drop ask for, read once in a while for all of them. A slice works on with what it has read when
 * it began, for minutes; so seconds more or less change nothing.
 */
export class DropShelf {
  readonly #deps: DropShelfDeps;
  readonly #generations = new Kept<DropId, Reading<number | undefined>>(dropsKept);
  readonly #facts = new Kept<DropId, Reading<DropFacts>>(dropsKept);

  constructor(deps: DropShelfDeps) {
    this.#deps = deps;
  }

  /** The drop's newest generation; undefined when there is no such drop. */
  generationOf(drop: DropId): Promise<number | undefined> {
    return this.#take(this.#generations, drop, async () => (await readDrop(this.#deps.blobs, drop))?.gen);
  }

  /** What the drop's items have in common. @throws BrokenState */
  factsOf(drop: DropId): Promise<DropFacts> {
    return this.#take(this.#facts, drop, () => readDropFacts(this.#deps.blobs, drop));
  }

  /** What failed to be read is not kept. */
  #take<T>(shelf: Kept<DropId, Reading<T>>, drop: DropId, read: () => Promise<T>): Promise<T> {
    const now = this.#deps.clock.now();
    const known = shelf.get(drop);
    // A clock that was set back must not keep it for ever.
    if (known !== undefined && Math.abs(now - known.at) < this.#deps.keptInMs) return known.value;
    const value = read();
    value.catch(() => shelf.delete(drop));
    shelf.set(drop, { value, at: now });
    return value;
  }
}

interface Reading<T> {
  readonly value: Promise<T>;
  readonly at: number;
}
