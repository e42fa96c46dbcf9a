import { cleanDrops } from "./clean-drops.ts";
import { type MeasureDeps, measure } from "./measure.ts";
import { type SweepDeps, sweepOpen } from "./sweep.ts";

/** What a round of the sweep takes. */
export interface SweepRoundDeps extends SweepDeps, MeasureDeps {
  readonly clock: SweepDeps["clock"];
  readonly quietSweeps: QuietSweeps;
}

/**
 * Says how much a sweep has to do, by what this process did before: while a drop is open everything, each time, and once
 * more after the last one was closed; else everything now and then, and in between only a look for open drops.
 */
export class QuietSweeps {
  readonly #everyInMs: number;
  #fullAt = Number.NEGATIVE_INFINITY;
  #isOpenBefore = true;

  /** @param everyInMs with nothing open everything is done when so much time has passed */
  constructor(everyInMs: number) {
    this.#everyInMs = everyInMs;
  }

  /** Whether everything is to be done now. @param open drops that the sweep has found open */
  isFull(now: number, open: number): boolean {
    const isFull = open > 0 || this.#isOpenBefore || now - this.#fullAt >= this.#everyInMs;
    this.#isOpenBefore = open > 0;
    return isFull;
  }

  /** Notes that everything was done, without a fault: what has failed is tried again by the next sweep. */
  noteFull(now: number): void {
    this.#fullAt = now;
  }
}

/**
 * What the sweep's timer does: moves open drops on, deletes plaintext that has been kept long enough, and says how much
 * waits. Most sweeps of a day find nothing open, and would only ask storage what they asked five minutes before. No fault
 * keeps it from the rest; the first is thrown at the end.
 */
export async function sweepRound(deps: SweepRoundDeps): Promise<void> {
  const faults: unknown[] = [];
  const keep = (fault: unknown): void => void faults.push(fault);
  const open = await sweepOpen(deps, keep).catch((fault: unknown) => {
    keep(fault);
    return 1;
  });
  const now = deps.clock.now();
  if (deps.quietSweeps.isFull(now, open)) {
    await cleanDrops(deps).catch(keep);
    await measure(deps, open === 0).catch(keep);
    if (faults.length === 0) deps.quietSweeps.noteFull(now);
  }
  if (faults.length > 0) throw faults[0];
}
