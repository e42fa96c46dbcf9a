import { type ParsedItem, type ParsedRecord, type Participant, personKey, type Roster } from "../chat/chat-item.ts";
import { ParticipantNumbers } from "./participant-numbers.ts";
import { type RosterLine, toPeopleByKey, toRosterLine } from "./roster-line.ts";
import { UnparsableFile } from "./unparsable-file.ts";

/** What the scan pass finds in a file. */
export interface Scan {
  readonly items: number;
  /** Everyone in the file, in the order of first appearance: their index is their number. */
  readonly participants: readonly Participant[];
  /** Milliseconds since 1970; undefined when there is no item. */
  readonly firstSentAt: number | undefined;
  readonly lastSentAt: number | undefined;
}

/** Takes what the scan pass finds on its way. */
export interface ScanSink {
  /** A conversation's roster, in the file's order: a line of the sidecar. Awaited before the scan goes on. */
  roster(line: RosterLine): void | Promise<void>;
}

/**
 * The first pass over a file: validates, counts, collects the participants and writes down each conversation's roster.
 * Memory grows with the people, not with the items.
 * @param maxParticipants ParseLimits.participants
 * @throws UnparsableFile whatever the parser throws, and `too-many` when more people than that are in the file
 */
export async function scanRecords(
  records: AsyncIterable<ParsedRecord>,
  sink: ScanSink,
  maxParticipants: number,
): Promise<Scan> {
  const scan = new ScanState(maxParticipants);
  for await (const record of records) {
    if (record.type === "item") scan.add(record.item);
    else await sink.roster(scan.endConversation(record.roster));
  }
  return scan.end();
}

class ScanState {
  readonly #maxParticipants: number;
  readonly #numbers = new ParticipantNumbers();
  /** People named by the items of the conversation being read: its roster, which comes last, may know more of them. */
  #named = new ParticipantNumbers();
  #items = 0;
  #firstSentAt: number | undefined;
  #lastSentAt: number | undefined;

  constructor(maxParticipants: number) {
    this.#maxParticipants = maxParticipants;
  }

  add(item: ParsedItem): void {
    this.#items += 1;
    this.#firstSentAt = Math.min(this.#firstSentAt ?? item.sentAt, item.sentAt);
    this.#lastSentAt = Math.max(this.#lastSentAt ?? item.sentAt, item.sentAt);
    this.#named.add(item.sender);
    if (item.recipients !== "present") for (const recipient of item.recipients) this.#named.add(recipient);
    this.#checkCount(item.offset);
  }

  endConversation(roster: Roster): RosterLine {
    const people = toPeopleByKey(roster.stays.map(({ participant }) => participant));
    for (const person of this.#named.list) this.#numbers.add(people.get(personKey(person)) ?? person);
    this.#named = new ParticipantNumbers();
    const line = toRosterLine(roster, this.#numbers);
    this.#checkCount(0);
    return line;
  }

  end(): Scan {
    for (const person of this.#named.list) this.#numbers.add(person);
    return {
      items: this.#items,
      participants: this.#numbers.list,
      firstSentAt: this.#firstSentAt,
      lastSentAt: this.#lastSentAt,
    };
  }

  #checkCount(offset: number): void {
    if (this.#named.list.length + this.#numbers.list.length <= this.#maxParticipants) return;
    const problem = `more than ${this.#maxParticipants} people in one file; raise the limit if that is real`;
    throw new UnparsableFile("too-many", { offset, path: "" }, problem);
  }
}
