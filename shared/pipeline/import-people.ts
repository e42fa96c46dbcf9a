import type { DropId } from "../chat/identifiers.ts";
import { type People, people } from "../chat/people.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";

/** A generation's people are written once, before anything that names them. */
export class MissingPeople extends Error {
  override readonly name = "MissingPeople";
  readonly messageIsOurs = true;
}

/**
 * Reads `people/{drop}/{gen}.json` and keeps the last few: hundreds of mailboxes of one drop need the same, and it is
 * never changed. What failed to be read is not kept.
 */
export function createPeopleShelf(
  blobs: Pick<Blobs, "read">,
  keep: number,
): (drop: DropId, gen: number) => Promise<People> {
  const shelf = new Map<string, Promise<People>>();
  return (drop, gen) => {
    const name = `${drop}/${gen}`;
    const known = shelf.get(name) ?? readPeople(blobs, drop, gen);
    known.catch(() => shelf.delete(name));
    shelf.delete(name);
    shelf.set(name, known);
    for (const oldest of [...shelf.keys()].slice(0, -keep)) shelf.delete(oldest);
    return known;
  };
}

async function readPeople(blobs: Pick<Blobs, "read">, drop: DropId, gen: number): Promise<People> {
  const found = await findPeople(blobs, drop, gen);
  if (found === undefined)
    throw new MissingPeople(`people/${drop}/${gen}.json is missing: the drop must be mapped again`);
  return found;
}

/** A generation's people; undefined when they are not resolved yet, or deleted again. */
export async function findPeople(blobs: Pick<Blobs, "read">, drop: DropId, gen: number): Promise<People | undefined> {
  const blob = await blobs.read(paths.people(drop, gen));
  return blob === undefined ? undefined : people.parse(JSON.parse(blob.bytes.toString("utf8")));
}
