import { createHash } from "node:crypto";
import type { ItemKind } from "../../shared/chat/chat-item.ts";
import type { UnmappedReason } from "../../shared/chat/people.ts";
import { primaryAddress } from "./directory-users.ts";
import { toFileBytes } from "./file-bytes.ts";
import { foldAddress, ItemDigest, toItemHash } from "./item-digest.ts";
import type { SampleDay } from "./sample-day.ts";
import type { CastMember, DirectoryUser, Entry, SampleFile, Script } from "./sample-types.ts";
import { othersPresent } from "./script-builder.ts";

/** Somebody as an item must name him or her. */
export interface ExpectedPerson {
  /** Directory user whose mailbox it is; undefined: unmapped. */
  readonly userId?: string;
  /** Undefined when neither the directory nor the file has an address: some address that cannot be delivered to. */
  readonly address?: string;
  /** Names that are right; a file may not tell somebody's display name. */
  readonly names: readonly string[];
}

/** A file as it must be in an item. */
export interface ExpectedFile {
  readonly name: string;
  /** Undefined when the drop has no bytes. */
  readonly sha256?: string;
  readonly sizeInBytes?: number;
  /** False: named in the body only, and the item is partial. */
  readonly isInline: boolean;
}

/** An item that must be in each of `mailboxes` (directory user ids) exactly once. */
export interface ExpectedItem {
  /** Number of the conversation's drop file. */
  readonly file: number;
  readonly kind: ItemKind;
  readonly conversationId: string;
  readonly room?: string;
  readonly messageId?: string;
  /** ms since 1970. */
  readonly sentAt: number;
  readonly sender: ExpectedPerson;
  readonly recipients: readonly ExpectedPerson[];
  readonly text: string;
  readonly attachments: readonly ExpectedFile[];
  readonly refersTo?: string;
  readonly mailboxes: readonly string[];
  /** Told a second time: skipped, since the mailboxes have it already. */
  readonly isRepeat: boolean;
}

/** How somebody who appears in the drop is to be mapped. */
export interface ExpectedMapping {
  readonly member: CastMember;
  readonly via?: "mapping" | "email";
  readonly userId?: string;
  readonly unmapped?: UnmappedReason;
}

/** What a drop must come to. */
export interface ExpectedSummary {
  /** Items in all files, repeats included: the gate's count. */
  readonly items: number;
  /** The equation of the drop's report; counts item x mailbox. */
  readonly equation: { available: number; imported: number; partial: number; skipped: number; failed: number };
  /** Items of which nobody has a mailbox. */
  readonly unmappedItems: number;
  /** By directory user id; users without items are not in it. */
  readonly mailboxes: ReadonlyMap<string, ItemDigest>;
  readonly mappings: readonly ExpectedMapping[];
}

/** Graph takes attachments of less than 3 MB inline. */
const inlineLimitInBytes = 3_000_000;

/**
 * What must arrive where, told by who was put into which conversation when: nothing of it is read out of the files.
 * Every call plays the day anew, so that nothing grows with it but what the caller keeps.
 */
export class Expected {
  readonly #day: SampleDay;

  constructor(day: SampleDay) {
    this.#day = day;
  }

  /** Every item, in the order of the conversations. */
  *items(): Iterable<ExpectedItem> {
    for (const { file, play } of this.#day.conversations()) {
      const script = play();
      for (const entry of script.entries) yield toExpectedItem(this.#day, file, script, entry);
    }
  }

  /** The items of some mailboxes, or of all: a big sample is looked at some mailboxes at a time. */
  mailboxes(users?: ReadonlySet<string>): Map<string, ExpectedItem[]> {
    const found = new Map<string, ExpectedItem[]>([...(users ?? [])].map((user) => [user, []]));
    for (const item of this.items()) {
      if (item.isRepeat) continue;
      for (const user of item.mailboxes) {
        if (users !== undefined && !users.has(user)) continue;
        const items = found.get(user);
        if (items === undefined) found.set(user, [item]);
        else items.push(item);
      }
    }
    return found;
  }

  /** Counts and a digest of each mailbox: small whatever the sample's size. */
  summary(): ExpectedSummary {
    const equation = { available: 0, imported: 0, partial: 0, skipped: 0, failed: 0 };
    const mailboxes = new Map<string, ItemDigest>();
    let [items, unmappedItems] = [0, 0];
    for (const item of this.items()) {
      items += 1;
      if (item.mailboxes.length === 0) unmappedItems += 1;
      const outcome = toOutcome(item);
      equation.available += item.mailboxes.length;
      equation[outcome] += item.mailboxes.length;
      if (outcome !== "skipped") addToAll(mailboxes, item);
    }
    return { items, equation, unmappedItems, mailboxes, mappings: this.#mappings() };
  }

  #mappings(): ExpectedMapping[] {
    const seen = new Set<CastMember>();
    for (const { play } of this.#day.conversations()) {
      const { stays, silentStays, entries } = play();
      for (const { member } of [...stays, ...silentStays]) seen.add(member);
      for (const { by } of entries) seen.add(by);
    }
    return [...seen].map(toMapping);
  }
}

function addToAll(mailboxes: Map<string, ItemDigest>, item: ExpectedItem): void {
  const hash = toItemHash({
    sentAt: item.sentAt,
    from: foldAddress(item.sender.address),
    attachments: item.attachments
      .filter(({ isInline }) => isInline)
      .map(({ name, sizeInBytes }) => `${name} ${sizeInBytes}`),
  });
  for (const user of item.mailboxes) {
    const digest = mailboxes.get(user) ?? new ItemDigest();
    mailboxes.set(user, digest);
    digest.add(hash);
  }
}

function toOutcome(item: ExpectedItem): "imported" | "partial" | "skipped" {
  if (item.isRepeat) return "skipped";
  return item.attachments.every(({ isInline }) => isInline) ? "imported" : "partial";
}

function toExpectedItem(day: SampleDay, file: number, script: Script, entry: Entry): ExpectedItem {
  const { kind, messageId, text, refersTo, isRepeat } = entry;
  const sender = toPerson(entry.by);
  const view = script.namesEmailsOnly && day.format.namesRecipients ? toPersonByEmail : toPerson;
  const recipients = othersPresent(script, entry.at, entry.by).map(view);
  const users = new Set([sender, ...recipients].map(({ userId }) => userId));
  const room = day.format.roomOf(script);
  return {
    ...{ file, kind, conversationId: script.id, sentAt: entry.at, sender, recipients, text, isRepeat },
    ...(room === undefined ? {} : { room }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(refersTo === undefined ? {} : { refersTo }),
    attachments: entry.file === undefined ? [] : [toExpectedFile(entry.file)],
    mailboxes: [...users].filter((user) => user !== undefined),
  };
}

const persons = new WeakMap<CastMember, ExpectedPerson>();
const personsByEmail = new WeakMap<CastMember, ExpectedPerson>();

/** The mapping file's mailbox first, else that of the address. */
function toPerson(member: CastMember): ExpectedPerson {
  const known = persons.get(member) ?? describe(member, member.byImId ?? member.byEmail);
  persons.set(member, known);
  return known;
}

/** Where a row names no ImId the mapping file cannot help. */
function toPersonByEmail(member: CastMember): ExpectedPerson {
  const known = personsByEmail.get(member) ?? describe(member, member.byEmail);
  personsByEmail.set(member, known);
  return known;
}

function describe(member: CastMember, user: DirectoryUser | undefined): ExpectedPerson {
  if (user !== undefined) return { userId: user.id, address: primaryAddress(user), names: [user.displayName] };
  const { email, displayName, spellings } = member;
  const names = [displayName, ...spellings, ...(email === undefined ? [] : [email])];
  return email === undefined ? { names } : { address: email, names };
}

const hashes = new Map<string, { sha256: string; sizeInBytes: number }>();

function toExpectedFile(file: SampleFile): ExpectedFile {
  if (file.bytes !== "beside" && file.bytes !== "base64") return { name: file.name, isInline: false };
  const known = hashes.get(file.seed) ?? toHash(file);
  if (hashes.size > 10_000) hashes.clear();
  hashes.set(file.seed, known);
  return { name: file.name, ...known, isInline: known.sizeInBytes < inlineLimitInBytes };
}

function toHash(file: SampleFile): { sha256: string; sizeInBytes: number } {
  const bytes = toFileBytes(file);
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeInBytes: bytes.length };
}

function toMapping(member: CastMember): ExpectedMapping {
  if (member.byImId !== undefined) return { member, via: "mapping", userId: member.byImId.id };
  if (member.byEmail !== undefined) return { member, via: "email", userId: member.byEmail.id };
  return member.unmapped === undefined ? { member } : { member, unmapped: member.unmapped };
}
