import { type ChatLine, type ParsedItem, type ParsedRecord, type Participant, personKey } from "../chat/chat-item.ts";
import type { FeedId } from "../chat/identifiers.ts";
import { toImportKey, toTupleFingerprint } from "../chat/import-key.ts";
import { OccurrenceCounter } from "../chat/occurrence-counter.ts";
import { ParticipantNumbers } from "./participant-numbers.ts";
import { PresenceIndex } from "./presence-index.ts";
import { type RosterLine, toPeopleByKey, toRosterLine } from "./roster-line.ts";

/** What the read pass needs besides the records. */
export interface ReadPass {
  readonly feed: FeedId;
  /** Version of the import key rule; of the item, because `feeds/{feedId}.json` keeps it by chat day. */
  ruleFor(item: ParsedItem): string;
  /** The scan's participants, in its order. */
  readonly participants: readonly Participant[];
  /** The scan's roster lines, in its order; none for formats without conversations. */
  readonly rosters: AsyncIterable<RosterLine>;
}

/**
 * The second pass over a file: turns its records into the lines of `chats`. It walks the file and the scan's sidecar in
 * lock-step, so that of a million items and a thousand rooms one roster is in memory.
 * @throws UnparsableFile whatever the parser throws
 * @throws Error when the sidecar or the participants are not those of this file
 */
export async function* toChatLines(records: AsyncIterable<ParsedRecord>, pass: ReadPass): AsyncGenerator<ChatLine> {
  const rosters = pass.rosters[Symbol.asyncIterator]();
  const lines = new LineMaker(pass);
  let isInConversation = false;
  try {
    for await (const record of records) {
      if (!isInConversation) lines.startConversation(toLineOrNone(await rosters.next()));
      isInConversation = record.type === "item";
      if (record.type === "item") yield lines.toLine(record.item);
      else lines.checkRoster(toRosterLine(record.roster, lines.numbers));
    }
    if (toLineOrNone(await rosters.next()) !== undefined) throw new Error("the sidecar has more rosters than the file");
  } finally {
    await rosters.return?.();
  }
}

function toLineOrNone(next: IteratorResult<RosterLine>): RosterLine | undefined {
  return next.done === true ? undefined : next.value;
}

class LineMaker {
  readonly numbers: ParticipantNumbers;
  readonly #pass: ReadPass;
  readonly #occurrences = new OccurrenceCounter();
  #roster: RosterLine | undefined;
  #presence: PresenceIndex | undefined;
  #people: ReadonlyMap<string, Participant> = new Map();
  /** Numbers of senders and named recipients of this conversation, by the objects in which the parser gives them. */
  #known = new WeakMap<Participant, number>();

  constructor(pass: ReadPass) {
    this.#pass = pass;
    this.numbers = new ParticipantNumbers(pass.participants);
  }

  startConversation(roster: RosterLine | undefined): void {
    this.#roster = roster;
    this.#presence = roster === undefined ? undefined : new PresenceIndex(roster);
    this.#people = toPeopleByKey(roster?.people.map((number) => this.#participant(number)) ?? []);
    this.#known = new WeakMap();
    this.#occurrences.clear();
  }

  checkRoster(line: RosterLine): void {
    if (JSON.stringify(line) === JSON.stringify(this.#roster)) return;
    throw new Error("the roster in the sidecar is not the one in the file; scan the file again");
  }

  toLine(item: ParsedItem): ChatLine {
    const { conversationId, room, messageId, kind, isHistory, sentAt, text, refersTo, position } = item;
    const from = this.#numberOf(item.sender);
    return {
      position,
      key: this.#toKey(item),
      conversationId,
      ...(room === undefined ? {} : { room }),
      ...(messageId === undefined ? {} : { messageId }),
      ...{ kind, isHistory, sentAt, from, to: this.#recipients(item, from), text },
      attachments: [...item.attachments],
      ...(refersTo === undefined ? {} : { refersTo }),
    };
  }

  #toKey(item: ParsedItem): ChatLine["key"] {
    const occurrence = item.messageId === undefined ? this.#occurrences.next(toTupleFingerprint(item)) : 1;
    return toImportKey(this.#pass.ruleFor(item), this.#pass.feed, item, occurrence);
  }

  #recipients(item: ParsedItem, from: number): number[] {
    if (item.recipients !== "present") return [...new Set(item.recipients.map((person) => this.#numberOf(person)))];
    if (this.#presence === undefined) throw new Error("the sidecar has no roster for this conversation");
    return this.#presence.presentAt(item.sentAt).filter((number) => number !== from);
  }

  #numberOf(person: Participant): number {
    const known = this.#known.get(person);
    if (known !== undefined) return known;
    const number = this.numbers.numberOf(this.#people.get(personKey(person)) ?? person);
    if (number === undefined) throw new Error("a person of the file is not among its scanned participants");
    this.#known.set(person, number);
    return number;
  }

  #participant(number: number): Participant {
    const found = this.#pass.participants[number];
    if (found === undefined) throw new Error("the sidecar numbers a participant that the scan has not");
    return found;
  }
}
