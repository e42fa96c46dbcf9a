import type { Attachment, ItemKind, ParsedItem, ParsedRecord, Participant, Roster, Stay } from "../chat/chat-item.ts";
import { type PresenceEvent, RosterBuilder } from "../chat/presence.ts";
import { isDisclaimer } from "./disclaimer.ts";
import type { EventFields } from "./event-fields.ts";
import { OpenTransfers, type Transfer, toTransfer, toTransferredFile } from "./file-transfers.ts";
import { maxNameLength } from "./parse-limits.ts";
import type { People } from "./people.ts";
import type { ParseContext } from "./profile.ts";
import type { Instant } from "./timestamp.ts";

type Emit = (record: ParsedRecord) => void;
type WithoutPosition = Omit<ParsedItem, "position" | "conversationId" | "room" | "isHistory" | "recipients">;

/** Descriptions of people of which is kept when they spoke, before the roster is told. */
const mostSpoken = 10_000;

/** One Conversation of a `filedump-actiance`: events in, items and at last the roster out; no item is kept. */
export class ActianceConversation {
  readonly #context: ParseContext;
  readonly #emit: Emit;
  readonly #nextPosition: () => number;
  readonly #people: People;
  readonly #roster = new RosterBuilder();
  /** ImIds seen (folded), and whether they came or left and did not only speak. */
  readonly #moved = new Map<string, boolean>();
  readonly #transfers = new OpenTransfers();
  #moves = 0;
  /** When each person spoke first and last, ms since 1970. */
  readonly #spoken = new Map<Participant, [first: number, last: number]>();
  /** Id of the edited message by the id of its new text. */
  readonly #edits = new Map<string, string>();
  #room: string | undefined;
  #start: Instant | undefined;
  #end: Instant | undefined;

  /** @param people those of the whole file: the same few are in most of its conversations */
  constructor(context: ParseContext, people: People, emit: Emit, nextPosition: () => number) {
    this.#context = context;
    this.#people = people;
    this.#emit = emit;
    this.#nextPosition = nextPosition;
  }

  /** Takes one of the conversation's own fields. @throws UnparsableFile */
  describe(name: string, fields: EventFields): void {
    if (name === "RoomID") this.#room = fields.required(name, maxNameLength);
    if (name === "StartTimeUTC") this.#start = fields.optionalTime(name);
    if (name === "EndTimeUTC") this.#end = fields.optionalTime(name);
  }

  /** Takes one event. @throws UnparsableFile */
  add(name: ActianceEvent, fields: EventFields): void {
    const person = fields.person(this.#people, "LoginName", "CorporateEmailID");
    if (name === "ParticipantEntered") this.#move(person, "entered", fields.time("DateTimeUTC").first, fields);
    // A leave told in seconds is taken at the second's end: messages told in milliseconds may fall into that second.
    if (name === "ParticipantLeft") this.#move(person, "left", fields.time("DateTimeUTC").last, fields);
    if (name === "Message") this.#say(person, fields);
    if (name === "FileTransferStarted") this.#startTransfer(toTransfer(fields, person), fields);
    if (name === "FileTransferEnded") this.#endTransfer(toTransfer(fields, person), fields);
  }

  /** Ends the conversation: files whose transfer never ended, then the roster. */
  close(fields: EventFields): void {
    for (const transfer of this.#transfers.takeAll()) this.#yieldFile(transfer, undefined, fields);
    this.#emit({ type: "roster", roster: this.#toRoster() });
  }

  #move(person: Participant, type: PresenceEvent["type"], at: number, fields: EventFields): void {
    const key = this.#people.foldedImId(person);
    this.#moved.set(key, this.#moved.get(key) === true || type !== "spoke");
    this.#checkCount(this.#moved.size, this.#context.limits.people, "people", fields);
    if (type !== "spoke") this.#moves += 1;
    this.#checkCount(this.#moves, this.#context.limits.moves, "joins and leaves", fields);
    this.#roster.add({ participant: person, at, type });
  }

  /** Of all that somebody says the roster is told of the first and the last: it asks for no more. */
  #hear(person: Participant, at: number, fields: EventFields): void {
    const span = this.#spoken.get(person);
    if (span === undefined) {
      // Somebody whose description is another in each message would fill it without end.
      if (this.#spoken.size >= mostSpoken) this.#tellSpoken();
      this.#spoken.set(person, [at, at]);
      this.#move(person, "spoke", at, fields);
    } else if (at < span[0]) span[0] = at;
    else if (at > span[1]) span[1] = at;
  }

  #tellSpoken(): void {
    for (const [participant, span] of this.#spoken) {
      for (const at of span) this.#roster.add({ participant, at, type: "spoke" });
    }
    this.#spoken.clear();
  }

  #say(person: Participant, fields: EventFields): void {
    const messageId = fields.optional("MessageId", maxNameLength);
    const update = toUpdate(fields);
    const text = update.isRemoval ? fields.textOrEmpty("Content") : fields.text("Content");
    const kind = update.kind === "message" && isDisclaimer(text) ? "disclaimer" : update.kind;
    const sent = fields.time("DateTimeUTC");
    const sentAt = update.kind === "message" ? sent : (fields.optionalTime("UpdatedDateTimeUTC") ?? sent);
    const refersTo = update.isRemoval ? messageId : this.#editedBy(kind, messageId);
    this.#noteEdit(messageId, fields);
    const said = { kind, text, sentAt: sentAt.first, sender: person, offset: fields.offset, attachments: [] };
    const named = messageId === undefined ? said : { ...said, messageId };
    this.#yield(fields, refersTo === undefined ? named : { ...named, refersTo });
  }

  #editedBy(kind: ItemKind, messageId: string | undefined): string | undefined {
    return kind === "edit" && messageId !== undefined ? this.#edits.get(messageId) : undefined;
  }

  #noteEdit(messageId: string | undefined, fields: EventFields): void {
    const newId = fields.optional("EditedNewMsgId", maxNameLength);
    if (newId === undefined || messageId === undefined) return;
    this.#edits.set(newId, messageId);
    this.#checkCount(this.#edits.size, this.#context.limits.pending, "edited messages", fields);
  }

  #startTransfer(transfer: Transfer, fields: EventFields): void {
    this.#transfers.start(transfer);
    this.#checkCount(this.#transfers.size, this.#context.limits.pending, "file transfers at once", fields);
  }

  #endTransfer(ended: Transfer, fields: EventFields): void {
    this.#yieldFile(this.#transfers.end(ended), fields.required("Status", maxNameLength), fields);
  }

  #yieldFile(transfer: Transfer, status: string | undefined, fields: EventFields): void {
    const { sender, at: sentAt, offset } = transfer;
    const attachments: Attachment[] = [toTransferredFile(transfer, status, this.#context)];
    this.#yield(fields, { kind: "file", text: "", sentAt, sender, offset, attachments });
  }

  #yield(fields: EventFields, item: WithoutPosition): void {
    const room = this.#room;
    if (room === undefined) fields.fail("missing-field", "RoomID", "RoomID must come before the first message");
    this.#hear(item.sender, item.sentAt, fields);
    const sender = this.#people.withEmailFromImId(item.sender);
    const position = this.#nextPosition();
    const parsed: ParsedItem = {
      ...item,
      position,
      sender,
      conversationId: room,
      room,
      isHistory: false,
      recipients: "present",
    };
    this.#emit({ type: "item", item: parsed });
  }

  /**
   * Whoever entered at the start was there before, and whoever left at the end stayed: a persistent room is cut by
   * day. So their stays are open: an edit repeats a message of an earlier day, and they are who it is told to.
   */
  #toRoster(): Roster {
    const [start, end] = [this.#start?.last ?? Number.NEGATIVE_INFINITY, this.#end?.first ?? Number.POSITIVE_INFINITY];
    const open = ([from, to]: Stay): Stay => [
      from !== null && from <= start ? null : from,
      to !== null && to >= end ? null : to,
    ];
    this.#tellSpoken();
    const stays = this.#roster.build().stays.map(({ participant, stays }) => {
      const hasMoved = this.#moved.get(this.#people.foldedImId(participant)) === true;
      return { participant: this.#people.withEmailFromImId(participant), stays: hasMoved ? stays.map(open) : stays };
    });
    return { stays };
  }

  #checkCount(count: number, limit: number, what: string, fields: EventFields): void {
    if (count <= limit) return;
    const problem = `more than ${limit} ${what} in one conversation; raise the limit if that is real`;
    fields.fail("too-many", "LoginName", problem);
  }
}

/** The event elements of a Conversation. */
export const actianceEvents = [
  "ParticipantEntered",
  "ParticipantLeft",
  "Message",
  "FileTransferStarted",
  "FileTransferEnded",
] as const;
/** An event element of a Conversation. */
export type ActianceEvent = (typeof actianceEvents)[number];

const updates: ReadonlyMap<string, { kind: ItemKind; isRemoval: boolean }> = new Map([
  ["", { kind: "message", isRemoval: false }],
  ["EditedOriginalMsg", { kind: "message", isRemoval: false }],
  ["UpdatedNoMsgChange", { kind: "message", isRemoval: false }],
  ["EditedNewMsg", { kind: "edit", isRemoval: false }],
  ["Deleted", { kind: "delete", isRemoval: true }],
  ["FileDeleted", { kind: "delete", isRemoval: true }],
]);

/** A sixth sort of update could be an item of its own that would take the message's key and be lost as its double. */
function toUpdate(fields: EventFields): { kind: ItemKind; isRemoval: boolean } {
  const known = updates.get(fields.optional("UpdatedType", maxNameLength) ?? "");
  const problem = "UpdatedType is none of EditedOriginalMsg, EditedNewMsg, UpdatedNoMsgChange, Deleted, FileDeleted";
  return known ?? fields.fail("bad-value", "UpdatedType", problem);
}
