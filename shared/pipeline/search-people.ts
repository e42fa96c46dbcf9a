import { folded, type Participant, personKey } from "../chat/chat-item.ts";
import { type MailboxId, mailboxAddress, mailboxId, type ObjectId, objectId } from "../chat/identifiers.ts";
import type { Person, UnmappedReason } from "../chat/people.ts";
import type { Directory } from "../directory/directory.ts";
import { dropReport } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { findPeople } from "./import-people.ts";
import { toUnreadable } from "./read-problem.ts";
import type { Gap, Sought } from "./search-drops.ts";

/** A person that was found in a drop. */
export interface FoundPerson {
  readonly type: "person";
  readonly generation: number;
  readonly as: "mapped" | "unmapped" | "mailbox";
  readonly participant?: Participant;
  readonly mailbox?: MailboxId;
  readonly reason?: UnmappedReason;
  readonly items?: number;
}

/** Whom a text stands for. */
export interface SoughtPerson {
  readonly text: string;
  /** Whose the address is now, or the object id itself. */
  readonly user: ObjectId | undefined;
  /** The directory could not be asked. */
  readonly isUnasked: boolean;
}

/** Asks the directory, once a search, whose an address is. What cannot be asked is told, and the search goes on. */
export async function toSoughtPerson(directory: Pick<Directory, "find">, text: string): Promise<SoughtPerson> {
  const address = mailboxAddress.safeParse(text);
  if (!address.success) {
    const user = objectId.safeParse(text.toLowerCase());
    return { text, user: user.success ? user.data : undefined, isUnasked: false };
  }
  try {
    const answer = await directory.find(address.data);
    return { text, user: typeof answer === "string" ? undefined : answer.user.oid, isUnasked: false };
  } catch {
    // Whatever it is: the documents can be searched without it, and the reply says that it was not asked.
    return { text, user: undefined, isUnasked: true };
  }
}

/**
 * Looks for a person in a drop's newest generation: among its resolved people while they are there, else among those that
 * its report names as unmapped; and for their mailbox among its runs, which stay.
 */
export async function seekPerson(blobs: Blobs, drop: DropState, person: SoughtPerson): Promise<Sought<FoundPerson>> {
  const people = await readPeople(blobs, drop);
  const matches = toMatcher(person);
  const named =
    people.persons === undefined
      ? await seekUnmapped(blobs, drop, matches)
      : { found: people.persons.filter(matches).map((one) => toFound(one, drop.gen)), gaps: [], reads: 0 };
  const found = unique(named.found);
  const mailboxes = await listRuns(blobs, drop, person.user);
  const others = mailboxes.filter((mailbox) => !found.some((one) => one.mailbox === mailbox));
  const runs = others.map((mailbox): FoundPerson => ({ type: "person", generation: drop.gen, as: "mailbox", mailbox }));
  const unasked: Gap[] = person.isUnasked ? [{ what: "directory", reason: "unavailable" }] : [];
  return { found: [...found, ...runs], gaps: [...people.gaps, ...named.gaps, ...unasked], reads: 2 + named.reads };
}

type Matcher = (one: { readonly participant: Participant; readonly mailbox?: Person["mailbox"] }) => boolean;

/** By ImId, address or object id as a whole, by the name also in part. */
function toMatcher({ text, user }: SoughtPerson): Matcher {
  const wanted = folded(text);
  return ({ participant: { imId = "", email = "", displayName = "" }, mailbox }) =>
    [imId, email, mailbox?.address ?? ""].some((name) => folded(name) === wanted) ||
    (wanted.length > 2 && folded(displayName).includes(wanted)) ||
    (user !== undefined && mailbox?.id.startsWith(`${user}.`) === true);
}

function toFound({ participant, mailbox, unmapped }: Person, generation: number): FoundPerson {
  if (mailbox !== undefined) return { type: "person", generation, as: "mapped", participant, mailbox: mailbox.id };
  const reason = unmapped === undefined ? {} : { reason: unmapped };
  return { type: "person", generation, as: "unmapped", participant, ...reason };
}

/** One person may stand in the files under several names. */
function unique(found: readonly FoundPerson[]): FoundPerson[] {
  const keyOf = ({ participant = {} }: FoundPerson): string => personKey(participant);
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

async function readPeople(
  blobs: Blobs,
  { id, gen, state, isCleaned }: DropState,
): Promise<{ readonly persons?: readonly Person[]; readonly gaps: Gap[] }> {
  try {
    const people = await findPeople(blobs, id, gen);
    if (people !== undefined) return { persons: people.persons, gaps: [] };
    if (!hasReached(state, "sealed")) return { gaps: [{ what: "people", reason: "not-there-yet" }] };
    return { gaps: [{ what: "people", reason: isCleaned ? "plaintext-deleted" : "not-there-yet" }] };
  } catch (error) {
    if (toUnreadable(paths.people(id, gen), error) === undefined) throw error;
    return { gaps: [{ what: "people", reason: "unreadable" }] };
  }
}

async function seekUnmapped(blobs: Blobs, { id, gen }: DropState, matches: Matcher): Promise<Sought<FoundPerson>> {
  const path = paths.dropReport(id, gen);
  try {
    const report = (await readDocument(blobs, path, dropReport))?.value;
    const wanted = report?.unmappedPeople.filter(matches) ?? [];
    const found = wanted.map(
      ({ participant, reason, items }): FoundPerson => ({
        ...{ type: "person", generation: gen, as: "unmapped", participant, reason, items },
      }),
    );
    return { found, gaps: [], reads: 1 };
  } catch (error) {
    if (toUnreadable(path, error) === undefined) throw error;
    return { found: [], gaps: [{ what: "report", reason: "unreadable" }], reads: 1 };
  }
}

async function listRuns(
  blobs: Pick<Blobs, "list">,
  { id, gen }: DropState,
  user: ObjectId | undefined,
): Promise<MailboxId[]> {
  if (user === undefined) return [];
  const prefix = paths.runs(id, gen);
  const found: MailboxId[] = [];
  for await (const { path } of blobs.list(`${prefix}${user}.`)) {
    const mailbox = mailboxId.safeParse(path.slice(prefix.length));
    if (mailbox.success) found.push(mailbox.data);
  }
  return found;
}
