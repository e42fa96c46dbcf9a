import type { Participant } from "../chat/chat-item.ts";
import { type DropId, type MailboxAddress, type MailboxId, mailboxParts, type ObjectId } from "../chat/identifiers.ts";
import { type People, type Person, people, type UnmappedReason } from "../chat/people.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { type AddressBook, createAddressBook, type Finding, type FindMailbox, isFound } from "./address-book.ts";
import { EarlierMailboxes } from "./earlier-mailboxes.ts";
import { type Mapping, mailboxNamedFor } from "./mapping.ts";
import { type FileParticipants, PersonList } from "./person-list.ts";

/** By what rules people are resolved. */
export interface ResolveRules {
  /** The admin's mapping, if there is one. */
  readonly mapping?: Mapping | undefined;
  /** Whether whom the mapping does not name is mapped by e-mail address. */
  readonly isAutomatic: boolean;
  /** Whom earlier generations of the drop found by their own addresses. @default nobody */
  readonly earlier?: EarlierMailboxes | undefined;
  /**
   * Only these users' mailboxes get items, such as those on hold: by any of their addresses, or by their object ids.
   * @default everybody's
   */
  readonly only?:
    | { readonly addresses: readonly MailboxAddress[] }
    | { readonly users: ReadonlySet<ObjectId> }
    | undefined;
}

/** Whose mailboxes are wanted, and by what rules. */
export interface ResolveRequest extends ResolveRules {
  readonly drop: DropId;
  readonly gen: number;
  readonly files: AsyncIterable<FileParticipants> | Iterable<FileParticipants>;
}

/** What resolving takes. */
export interface ResolveDeps {
  readonly findMailbox: FindMailbox;
  /** Questions to the directory at once. @default 16 */
  readonly width?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What an admin should mend, though everybody was resolved that could be. */
export interface MappingWarning {
  /** The number of the person whose entry in the mapping names no valid mailbox; or of the entry of `only` that names none. */
  readonly kind: "mapping" | "only";
  readonly number: number;
  readonly reason: UnmappedReason;
}

/** All participants of a drop, resolved, and what should be mended. */
export interface ResolvedPeople {
  readonly people: People;
  readonly warnings: readonly MappingWarning[];
  /** Persons whose address is another user's today: they keep the mailbox that an earlier generation found. */
  readonly changedHands: number;
}

/**
 * Resolves all participants of a drop: the mapping first, then their own address (as it was when the drop was mapped first), else unmapped with the reason. The same
 * input gives the same document, whatever the order in which the files and the directory's answers come.
 *
 * @throws whatever the directory throws: a person whom it could not be asked about must not become unmapped
 */
export async function resolvePeople(deps: ResolveDeps, request: ResolveRequest): Promise<ResolvedPeople> {
  const width = deps.width ?? 16;
  const list = await PersonList.read(request.files);
  const { rules, listed } = await toRules(deps, request);
  const persons: Person[] = [];
  let changedHands = 0;
  const warnings = listed.flatMap((finding, number) => toWarning("only", number, finding));
  for await (const { person, named, hasChangedHands } of mapAhead(list.participants, width, (one) =>
    resolve(rules, one),
  )) {
    warnings.push(...toWarning("mapping", persons.length, named));
    persons.push(person);
    if (hasChangedHands) changedHands += 1;
  }
  const { drop, gen, mapping } = request;
  const used = mapping === undefined ? {} : { mapping: mapping.sha256 };
  return { people: people.parse({ v: 1, drop, gen, ...used, persons, files: list.files }), warnings, changedHands };
}

/** How one person was resolved. */
export interface ResolvedPerson {
  readonly person: Person;
  /** What the directory says to the address that the mapping gives; undefined where it names none. */
  readonly named: Finding | undefined;
  /** What it says to the person's own address; undefined where it was not asked. */
  readonly own: Finding | undefined;
}

/** Resolves one person as a drop's people are, for an admin who asks where somebody's items would go. */
export async function resolvePerson(
  deps: ResolveDeps,
  asked: ResolveRules,
  participant: Participant,
): Promise<ResolvedPerson> {
  const { rules } = await toRules(deps, asked);
  return await resolve(rules, participant);
}

/** The rules with everything that is the same for all people, and what the directory says to each entry of a list. */
async function toRules(
  deps: ResolveDeps,
  { mapping, isAutomatic, earlier = new EarlierMailboxes(), only }: ResolveRules,
): Promise<{ readonly rules: Rules; readonly listed: readonly Finding[] }> {
  const book = createAddressBook(deps.findMailbox, deps.signal);
  const isByAddress = only !== undefined && "addresses" in only;
  const listed = isByAddress ? await findAll(book, only.addresses, deps.width ?? 16) : [];
  // By object id: a list may name a user by another of his addresses.
  const wanted = isByAddress ? new Set(listed.filter(isFound).map(({ id }) => mailboxParts(id).oid)) : only?.users;
  const isWanted = (mailbox: MailboxId): boolean => wanted?.has(mailboxParts(mailbox).oid) ?? true;
  return { rules: { book, mapping, earlier, isAutomatic, isWanted }, listed };
}

interface Rules {
  readonly book: AddressBook;
  readonly mapping: Mapping | undefined;
  readonly earlier: EarlierMailboxes;
  readonly isAutomatic: boolean;
  isWanted(mailbox: MailboxId): boolean;
}

interface Resolved extends ResolvedPerson {
  readonly hasChangedHands: boolean;
}

async function resolve(rules: Rules, participant: Participant): Promise<Resolved> {
  const address = mailboxNamedFor(rules.mapping, participant.imId);
  const named = address === undefined ? undefined : await rules.book.find(address);
  if (isFound(named)) {
    return { person: toPerson(rules, participant, named, "mapping"), named, own: undefined, hasChangedHands: false };
  }
  const { finding: own, hasChangedHands } = await findOwn(rules, participant);
  if (isFound(own)) return { person: toPerson(rules, participant, own, "email"), named, own, hasChangedHands };
  // The entry in the mapping is what the admin can mend, so it is the reason that is told.
  const unmapped = named === undefined ? own : "mapping-names-no-mailbox";
  return { person: { participant, unmapped }, named, own, hasChangedHands };
}

async function findOwn(
  { book, earlier, isAutomatic }: Rules,
  participant: Participant,
): Promise<ReturnType<EarlierMailboxes["choose"]>> {
  if (!isAutomatic) return { finding: "automatic-mapping-off", hasChangedHands: false };
  return earlier.choose(participant, await book.find(participant.email));
}

function toPerson(
  rules: Rules,
  participant: Participant,
  found: Exclude<Finding, string>,
  via: "mapping" | "email",
): Person {
  if (!rules.isWanted(found.id)) return { participant, unmapped: "not-on-list" };
  const { id, address, displayName } = found;
  return { participant, mailbox: { id, address, displayName, via } };
}

async function findAll(book: AddressBook, addresses: readonly MailboxAddress[], width: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of mapAhead(addresses, width, (address) => book.find(address))) findings.push(finding);
  return findings;
}

function toWarning(kind: MappingWarning["kind"], number: number, finding: Finding | undefined): MappingWarning[] {
  return finding === undefined || isFound(finding) ? [] : [{ kind, number, reason: finding }];
}
