import type { Outcome, Tally } from "./tally.ts";
import type { WorkEntry } from "./work-list.ts";
import { WorkListFault } from "./work-list.ts";

const outcomes = ["imported", "partial", "skipped", "failed"] as const satisfies readonly Outcome[];

/** What a slice knows of the work list's lines: one byte each, so that a doubt at its start costs no memory. */
export class Progress {
  readonly #from: number;
  readonly #before: Tally;
  /** 0 = open, else number of the outcome + 1. */
  readonly #lines: Uint8Array;
  #nextLookAt: number | undefined;

  /** @param settled what became of the lines before `cursor`. */
  constructor(list: { readonly available: number; readonly cursor: number; readonly settled: Tally }) {
    this.#from = list.cursor;
    this.#before = list.settled;
    this.#lines = new Uint8Array(Math.max(0, list.available - list.cursor));
  }

  /** Notes what became of a line. @throws WorkListFault when there are more lines than were gathered. */
  settle({ ordinal }: Pick<WorkEntry, "ordinal">, outcome: Outcome): void {
    const place = ordinal - this.#from;
    if (place >= this.#lines.length)
      throw new WorkListFault("A work list has more lines than its run was created with");
    this.#lines[place] = outcomes.indexOf(outcome) + 1;
  }

  /** Notes that a line stays in doubt, and when it is worth looking again (storage's clock). */
  lookAgainAt(at: number): void {
    this.#nextLookAt = Math.min(this.#nextLookAt ?? at, at);
  }

  /** The earliest of those times. */
  get nextLookAt(): number | undefined {
    return this.#nextLookAt;
  }

  /** So many lines, from the list's beginning, are settled. */
  get cursor(): number {
    const open = this.#lines.indexOf(0);
    return this.#from + (open < 0 ? this.#lines.length : open);
  }

  /** Whether every line is settled. */
  get isComplete(): boolean {
    return !this.#lines.includes(0);
  }

  /** What became of the lines before the cursor. */
  get settled(): Tally {
    return this.#tallyTo(this.cursor - this.#from);
  }

  /** What became of all lines, as far as it is known. */
  get counts(): Tally {
    return this.#tallyTo(this.#lines.length);
  }

  #tallyTo(end: number): Tally {
    const tally = { ...this.#before };
    for (const number of this.#lines.subarray(0, end)) {
      const outcome = outcomes[number - 1];
      if (outcome !== undefined) tally[outcome] += 1;
    }
    return tally;
  }
}
