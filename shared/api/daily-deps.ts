import { DropBoard } from "../pipeline/drop-board.ts";
import { GenerationReports } from "../pipeline/generation-reports.ts";
import { createPeopleShelf } from "../pipeline/import-people.ts";
import type { Blobs } from "../store/blobs.ts";

/** What the daily endpoints keep in a process, so that many can ask often. */
export interface DailyShelves {
  readonly board: DropBoard;
  readonly reports: GenerationReports;
  /** Beside the import's own: whoever looks at old drops must not drive the people of the running ones out of it. */
  readonly peopleOf: ReturnType<typeof createPeopleShelf>;
}

const shelves = new WeakMap<Blobs, DailyShelves>();
const peopleKept = 2;

/** The shelves of a process, made at the first call. @param blobs the process's own port, the same at each call */
export function toDailyShelves(blobs: Blobs, clock: { now(): number }): DailyShelves {
  const known = shelves.get(blobs);
  if (known !== undefined) return known;
  const made = {
    board: new DropBoard({ blobs, clock }),
    reports: new GenerationReports({ blobs, clock }),
    peopleOf: createPeopleShelf(blobs, peopleKept),
  };
  shelves.set(blobs, made);
  return made;
}
