import type { DropId, ImportKey } from "../chat/identifiers.ts";
import type { People } from "../chat/people.ts";
import type { WorkLine } from "../chat/work-line.ts";
import { type Planned, planAttachments, requestLimitInBytes } from "./attachment-plan.ts";
import { type Correspondent, type Correspondents, correspondentsOf } from "./correspondent.ts";
import { type BodySource, toItemHtml } from "./item-html.ts";
import { cutLine, toMailLine } from "./mail-text.ts";
import { importKeyProperty, toConversationRootId, toInternetMessageId } from "./message-ids.ts";
import { toSubject } from "./subject.ts";

/** What an item needs to know of its drop. */
export interface ItemContext {
  readonly drop: DropId;
  readonly people: People;
  readonly facts: Pick<BodySource, "feed" | "zone"> & {
    readonly itemClass: string;
    readonly withAttachments: boolean;
    readonly recipientCap: number;
    evidenceOf(file: WorkLine["file"]): string | undefined;
  };
}

interface Recipient {
  readonly emailAddress: { readonly name: string; readonly address: string };
}

/** A message as Graph's POST takes it. https://learn.microsoft.com/graph/api/resources/message */
export interface GraphMessage {
  readonly subject: string;
  readonly body: { readonly contentType: "html"; readonly content: string };
  readonly from?: Recipient;
  readonly sender?: Recipient;
  readonly toRecipients: readonly Recipient[];
  readonly isRead: true;
  readonly internetMessageId?: string;
  readonly singleValueExtendedProperties: readonly { readonly id: string; readonly value: string }[];
  readonly attachments?: readonly {
    readonly "@odata.type": "#microsoft.graph.fileAttachment";
    readonly name: string;
    readonly contentType: string;
    readonly contentBytes: string;
  }[];
}

/** A chat item as it goes into a mailbox. */
export interface EmailItem {
  readonly key: ImportKey;
  /** ms since 1970. */
  readonly sentAt: number;
  readonly internetMessageId: string;
  readonly message: GraphMessage;
  /** "partial" when an attachment, or the end of a very long text, is not in it. */
  readonly outcome: "imported" | "partial";
}

/** An item with the attachments chosen, of which only the bytes are missing. */
export interface ItemDraft {
  readonly work: WorkLine;
  readonly context: ItemContext;
  readonly people: Correspondents;
  readonly attachments: readonly Planned[];
}

/** Chooses what goes into an item. The bytes of the inline attachments are to be read next. */
export function draftItem(work: WorkLine, context: ItemContext): ItemDraft {
  const people = correspondentsOf(work, context.people);
  const { withAttachments } = context.facts;
  const all = { work, context, people };
  if (work.item.attachments.length === 0) return { ...all, attachments: [] };
  // Measured with every attachment listed as left out: the longest body that it can have.
  const none = planAttachments(work.item.attachments, { withAttachments, roomInBytes: 0 });
  const roomInBytes = requestLimitInBytes - toSize(toMessage({ ...all, attachments: none }, [], undefined));
  return { ...all, attachments: planAttachments(work.item.attachments, { withAttachments, roomInBytes }) };
}

/**
 * Makes the item that one POST creates as it is to stay: no draft, received and sent at the chat's time (a PATCH could
 * not do either afterwards). A text too long for Graph is cut and says so; "too-large" when even its people are too many.
 *
 * @param bytes of the inline attachments, in their order.
 */
export function toEmailItem(draft: ItemDraft, bytes: readonly Uint8Array[]): EmailItem | "too-large" {
  const { item } = draft.work;
  let textLimit: number | undefined;
  let message = toMessage(draft, bytes, textLimit);
  while (mayBeTooLarge(draft) && toSize(message) >= requestLimitInBytes) {
    textLimit = Math.floor((textLimit ?? item.text.length) / 2);
    if (textLimit === 0) return "too-large";
    message = toMessage(draft, bytes, textLimit);
  }
  const isWhole = textLimit === undefined && draft.attachments.every(({ isInline }) => isInline);
  const internetMessageId = toInternetMessageId(item.key, draft.context.facts.feed);
  return { key: item.key, sentAt: item.sentAt, internetMessageId, message, outcome: isWhole ? "imported" : "partial" };
}

/** The item without what Graph refused it for; its body and the key property still tell all of it. */
export function withoutRefused(item: EmailItem, parts: readonly ("internetMessageId" | "sender")[]): EmailItem {
  const { internetMessageId, from, sender, ...others } = item.message;
  const message: GraphMessage = {
    ...others,
    ...(parts.includes("internetMessageId") || internetMessageId === undefined ? {} : { internetMessageId }),
    ...(parts.includes("sender") || from === undefined || sender === undefined ? {} : { from, sender }),
  };
  return { ...item, message };
}

/** Below this nothing can reach 4 MB even with six bytes for every character, so measuring it would be wasted. */
function mayBeTooLarge({ work: { item }, people }: ItemDraft): boolean {
  return item.attachments.length > 0 || item.text.length > 100_000 || people.recipients.length > 1000;
}

function toSize(message: GraphMessage): number {
  return Buffer.byteLength(JSON.stringify(message));
}

function toMessage(draft: ItemDraft, bytes: readonly Uint8Array[], textLimit: number | undefined): GraphMessage {
  const { work, people, attachments, context } = draft;
  const { facts, drop } = context;
  const evidence = facts.evidenceOf(work.file);
  const { feed, zone } = facts;
  const files = toFileAttachments(attachments, bytes);
  return {
    subject: toSubject(work.item, people),
    body: {
      contentType: "html",
      content: toItemHtml({ work, people, attachments, drop, feed, zone, evidence, textLimit }),
    },
    from: toRecipient(people.sender),
    sender: toRecipient(people.sender),
    toRecipients: people.recipients.slice(0, facts.recipientCap).map(toRecipient),
    isRead: true,
    internetMessageId: toInternetMessageId(work.item.key, feed),
    singleValueExtendedProperties: toProperties(draft),
    ...(files.length === 0 ? {} : { attachments: files }),
  };
}

/** MAPI properties by tag, as [MS-OXPROPS] numbers them; receivedDateTime and sentDateTime would be ignored. */
function toProperties({ work: { item }, context: { facts } }: ItemDraft): { id: string; value: string }[] {
  const at = new Date(item.sentAt).toISOString();
  const root = toConversationRootId(facts.feed, item.conversationId);
  const properties = [
    // PidTagMessageFlags: read, and without mfUnsent (0x8), which would make it a draft for ever.
    { id: "Integer 0x0E07", value: "1" },
    // PidTagClientSubmitTime and PidTagMessageDeliveryTime; the second drives the age for retention.
    { id: "SystemTime 0x0039", value: at },
    { id: "SystemTime 0x0E06", value: at },
    { id: importKeyProperty, value: item.key },
    // PidTagInReplyToId and PidTagInternetReferences.
    { id: "String 0x1042", value: root },
    { id: "String 0x1039", value: root },
  ];
  // PidTagMessageClass. Whether Graph takes another class is not known, so the usual one is not even sent.
  if (facts.itemClass !== "IPM.Note") properties.push({ id: "String 0x001A", value: facts.itemClass });
  return properties;
}

function toRecipient({ name, address }: Correspondent): Recipient {
  return { emailAddress: { name, address } };
}

function toFileAttachments(
  attachments: readonly Planned[],
  bytes: readonly Uint8Array[],
): NonNullable<GraphMessage["attachments"]> {
  const inline = attachments.filter(({ isInline }) => isInline);
  return inline.slice(0, bytes.length).map(({ attachment: { name, contentType } }, i) => ({
    "@odata.type": "#microsoft.graph.fileAttachment",
    name: toSafeFileName(name) || `attachment-${i + 1}`,
    contentType: toContentType(contentType),
    contentBytes: Buffer.from(bytes[i] ?? []).toString("base64"),
  }));
}

/**
 * A name under which a mail program may save the file: no path, no change of the reading direction that would show
 * another ending than the file has, no character that Windows forbids. The body lists the name as it was.
 */
function toSafeFileName(name: string): string {
  const plain = name.replace(/[\\/:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "_");
  return cutLine(toMailLine(plain), 255).replace(/^\.+$/, "");
}

/** What the drop says, if it is a media type (RFC 6838): anything else could make Graph refuse the item. */
function toContentType(contentType: string | undefined): string {
  const isOne = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(contentType ?? "");
  return isOne && contentType !== undefined ? contentType : "application/octet-stream";
}
