import type { ConnectorName } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { type PeopleFileKind, type ReadPeopleFile, readPeopleFile, type StoredPeopleFile } from "./people-file.ts";

/** What can be said of a stored mapping or hold list without its lines. */
export interface PeopleFileFacts
  extends Pick<ReadPeopleFile, "sha256" | "faultCount">,
    Pick<StoredPeopleFile, "etag" | "uploadedAt" | "uploadedBy"> {
  /** Mailboxes or ImIds that it has good lines for. */
  readonly entries: number;
  readonly firstFault: ReadPeopleFile["faults"][number] | undefined;
}

type Reader = Pick<Blobs, "read" | "head">;

/** Two files for each of a hundred connectors; a few hundred bytes each. */
const mostKept = 200;

/** By the storage that they are of, so that the facts live as long as the process's client does. */
const shelves = new WeakMap<object, Map<string, PeopleFileFacts>>();

/**
 * The facts of the file that is in use; undefined when there is none. A file of 50,000 lines takes seconds to read, and the
 * page asks for its facts at each step: so it is read once for each version (ETag), and then only looked for.
 */
export async function readPeopleFileFacts(
  blobs: Reader,
  kind: PeopleFileKind,
  connector: ConnectorName,
): Promise<PeopleFileFacts | undefined> {
  const path = kind.pathOf(connector);
  const entry = await blobs.head(path);
  if (entry === undefined) return undefined;
  const shelf = shelfOf(blobs);
  const known = shelf.get(path);
  if (known?.etag === entry.etag) return known;
  const stored = await readPeopleFile(blobs, kind, connector);
  if (stored === undefined) return undefined;
  const facts = toPeopleFileFacts(stored);
  shelf.delete(path);
  shelf.set(path, facts);
  for (const oldest of shelf.keys()) if (shelf.size > mostKept) shelf.delete(oldest);
  return facts;
}

/** Leaves the lines out. */
export function toPeopleFileFacts({ file, etag, uploadedAt, uploadedBy }: StoredPeopleFile): PeopleFileFacts {
  const { sha256, faultCount, faults, mailboxes } = file;
  return { sha256, faultCount, etag, uploadedAt, uploadedBy, entries: mailboxes.size, firstFault: faults[0] };
}

function shelfOf(blobs: Reader): Map<string, PeopleFileFacts> {
  const known = shelves.get(blobs);
  if (known !== undefined) return known;
  const made = new Map<string, PeopleFileFacts>();
  shelves.set(blobs, made);
  return made;
}
