import type { Attachment, ItemKind, ParsedItem, Participant } from "../chat/chat-item.ts";
import { isDisclaimer } from "./disclaimer.ts";
import { toInlineAttachment } from "./inline-content.ts";
import { maxNameLength } from "./parse-limits.ts";
import { type Description, People } from "./people.ts";
import type { FlatField, ParseContext } from "./profile.ts";
import { type TimestampFault, TimestampReader } from "./timestamp.ts";
import { type Place, UnparsableFile, type UnparsableReason } from "./unparsable-file.ts";

/** One record of a flat format, whatever its syntax: a field's values in the file's order. */
export interface FlatRecord {
  /** Byte offset at or before which the record begins. */
  readonly offset: number;
  values(field: FlatField): readonly string[];
  /** Where a field of this record is, for error texts. */
  placeOf(field: FlatField): Place;
}

type Draft = Omit<ParsedItem, "kind" | "attachments">;

/** Turns flat records into items. One per file: it keeps what the records have in common. */
export class FlatItems {
  readonly #context: ParseContext;
  readonly #people = new People();
  readonly #timestamps: TimestampReader;
  #count = 0;

  constructor(context: ParseContext) {
    this.#context = context;
    this.#timestamps = new TimestampReader(context.zone);
  }

  /** The record's item; a promise only when content is to be kept, since most records have none. @throws UnparsableFile */
  toItem(record: FlatRecord): ParsedItem | Promise<ParsedItem> {
    const draft = this.#toDraft(record);
    const hasFiles = record.values("Attachment").some(Boolean) || record.values("AttachmentContent").some(Boolean);
    if (!hasFiles) return { ...draft, kind: toKind(draft.text, []), attachments: [] };
    return this.#withAttachments(record, draft);
  }

  async #withAttachments(record: FlatRecord, draft: Draft): Promise<ParsedItem> {
    const attachments = await this.#attachments(record);
    return { ...draft, kind: toKind(draft.text, attachments), attachments };
  }

  #toDraft(record: FlatRecord): Draft {
    const position = this.#nextPosition(record);
    const conversationId = this.#required(record, "ConversationId");
    const room = this.#name(record, "RoomName");
    const messageId = this.#name(record, "MessageId");
    const sentAt = this.#sentAt(record);
    const sender = this.#sender(record);
    const recipients = this.#recipients(record);
    const text = this.#text(record);
    return {
      ...{ position, offset: record.offset, conversationId, isHistory: false, sentAt, sender, recipients, text },
      ...(room === undefined ? {} : { room }),
      ...(messageId === undefined ? {} : { messageId }),
    };
  }

  #nextPosition(record: FlatRecord): number {
    const { items } = this.#context.limits;
    if (this.#count >= items) fail(record, "ConversationId", "too-many", `more than ${items} records; have it split`);
    return this.#count++;
  }

  #name(record: FlatRecord, field: FlatField): string | undefined {
    const value = record.values(field)[0]?.trim() ?? "";
    if (value.length > maxNameLength) fail(record, field, "too-long", `longer than ${maxNameLength} characters`);
    return value === "" ? undefined : value;
  }

  #required(record: FlatRecord, field: FlatField): string {
    return this.#name(record, field) ?? fail(record, field, "missing-field", `${field} is empty`);
  }

  #sentAt(record: FlatRecord): number {
    const found = this.#timestamps.read(this.#required(record, "Timestamp"));
    if (typeof found === "number") return found;
    return fail(
      record,
      "Timestamp",
      found === "skipped-by-summer-time" ? "bad-timestamp" : found,
      timestampProblems[found],
    );
  }

  #sender(record: FlatRecord): Participant {
    const imId = record.values("ImId")[0]?.trim() ?? "";
    const email = record.values("SenderEmail")[0]?.trim() ?? "";
    if (imId === "" && email === "") fail(record, "ImId", "missing-field", "ImId and SenderEmail are both empty");
    const displayName = record.values("SenderName")[0]?.trim();
    return this.#person(record, { imId, email, displayName }, { imId: "ImId", email: "SenderEmail" });
  }

  /**
   * ImIds and addresses name the same people, one by one, when there are as many of both, places that are left empty
   * included: `a@x.example;` beside `anna;ben` gives Ben no address. Else each names its own.
   */
  #recipients(record: FlatRecord): Participant[] {
    const emails = toList(record.values("RecipientEmail"));
    const imIds = toList(record.values("RecipientImId"));
    const fields = { imId: "RecipientImId", email: "RecipientEmail" } as const;
    const { people } = this.#context.limits;
    if (emails.length + imIds.length > 2 * people) {
      fail(record, "RecipientEmail", "too-many", `more than ${people} recipients; raise the limit if that is real`);
    }
    const areSame = emails.length === imIds.length || withoutEnd(emails).length === withoutEnd(imIds).length;
    const described: Description[] = areSame
      ? emails.map((email, i) => ({ email, imId: imIds[i] }))
      : [...imIds.map((imId) => ({ imId })), ...emails.map((email) => ({ email }))];
    return described
      .filter(({ imId = "", email = "" }) => imId !== "" || email !== "")
      .map((person) => this.#person(record, person, fields));
  }

  #person(record: FlatRecord, given: Description, fields: { imId: FlatField; email: FlatField }): Participant {
    const person = this.#people.toParticipant(given);
    if (!("tooLong" in person)) return person;
    const field = { ...fields, displayName: "SenderName" as const }[person.tooLong];
    return fail(record, field, "too-long", "longer than a person's name or address can be");
  }

  #text(record: FlatRecord): string {
    const text = record.values("Text")[0] ?? "";
    const { textLength } = this.#context.limits;
    if (text.length > textLength) fail(record, "Text", "too-long", `longer than ${textLength} characters`);
    return text;
  }

  async #attachments(record: FlatRecord): Promise<Attachment[]> {
    const names = record.values("Attachment");
    const contents = record.values("AttachmentContent");
    const found: Attachment[] = [];
    for (let i = 0; i < Math.max(names.length, contents.length); i += 1) {
      const name = names[i]?.trim() ?? "";
      const content = contents[i]?.trim() ?? "";
      if (name.length > maxNameLength)
        fail(record, "Attachment", "too-long", `longer than ${maxNameLength} characters`);
      if (content !== "") found.push(await toInlineAttachment(name, content, this.#context));
      else if (name !== "") found.push(toAttachmentBeside(name, this.#context));
    }
    return found;
  }
}

function toAttachmentBeside(path: string, context: ParseContext): Attachment {
  const name = path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
  const content = context.attachmentAt(path);
  return content === undefined ? { name, missing: "not-in-drop" } : { name, content };
}

/** Values of repeated columns, each a list separated by `;`; empty ones keep their place but for those at the end. */
function toList(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(";").map((part) => part.trim()));
}

/** Without the empty places that a stray `;` leaves at the end. */
function withoutEnd(list: readonly string[]): readonly string[] {
  return list.slice(0, list.findLastIndex((part) => part !== "") + 1);
}

function toKind(text: string, attachments: readonly Attachment[]): ItemKind {
  if (text === "" && attachments.length > 0) return "file";
  return isDisclaimer(text) ? "disclaimer" : "message";
}

const timestampProblems: Readonly<Record<TimestampFault, string>> = {
  "bad-timestamp":
    "Timestamp is neither ISO 8601 (2026-06-03T14:05:06Z) nor an epoch of 10 digits (seconds) or 13 digits (milliseconds)",
  "timestamp-without-zone": "Timestamp names no zone; set the connector's zone for this feed, e.g. Europe/London",
  "skipped-by-summer-time":
    "Timestamp falls into the hour that summer time skips in the connector's zone; is it the right zone?",
};

function fail(record: FlatRecord, field: FlatField, reason: UnparsableReason, problem: string): never {
  throw new UnparsableFile(reason, record.placeOf(field), problem);
}
