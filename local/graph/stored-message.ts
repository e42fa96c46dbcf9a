import { createHash } from "node:crypto";
import type { JsonObject } from "../stand-ins/json.ts";
import { isIndexed, parsePropertyId, parseSystemTime } from "./extended-property.ts";
import type { PostedMessage } from "./message-schema.ts";

/** By what an item is found and ordered: what stays in memory when the message itself lies in a file. */
export interface ItemFacts {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly createdAt: number;
  readonly internetMessageId: string;
  /** Canonical id and value of each extended property that has an index. */
  readonly properties: readonly (readonly [id: string, value: string])[];
}

/** A message in Graph's shape, without what depends on where it lies and who asks: ids, folder, change key. */
export type StoredMessage = JsonObject;

const FLAGS = "Integer 0xe07";
const SUBMITTED = "SystemTime 0x39";
const DELIVERED = "SystemTime 0xe06";
const REFERENCES = "String 0x1039";
const UNSENT_BIT = 0x8;
const READ_BIT = 0x1;
const PREVIEW_LENGTH = 255;

/** What Exchange makes of a posted message: the draft rule, the dates, the defaults. */
export function toStoredMessage(
  posted: PostedMessage,
  { now, number, owner }: { now: number; number: number; owner: string },
): { message: StoredMessage; facts: ItemFacts } {
  const properties = (posted.singleValueExtendedProperties ?? []).map(({ id, value }) => ({
    id: parsePropertyId(id),
    value,
  }));
  const valueOfProperty = (id: string): string | undefined =>
    properties.findLast((property) => property.id === id)?.value;
  const facts: ItemFacts = {
    // receivedDateTime and sentDateTime of the body are ignored at create: the MAPI properties alone decide.
    receivedAt: toTime(valueOfProperty(DELIVERED), now),
    createdAt: now,
    internetMessageId: posted.internetMessageId ?? `<${owner}.${number}@stand-in.localhost>`,
    properties: properties.filter(({ id }) => isIndexed(id)).map(({ id, value }) => [id, value]),
  };
  const message: StoredMessage = {
    ...toTimes(facts, toTime(valueOfProperty(SUBMITTED), now)),
    ...toFlags(valueOfProperty(FLAGS), posted.isRead ?? undefined),
    ...toContent(posted),
    ...toPeople(posted),
    internetMessageId: facts.internetMessageId,
    conversationId: toConversationId(valueOfProperty(REFERENCES), facts.internetMessageId),
    categories: posted.categories ?? [],
    ...toAttachments(posted, now, number),
    singleValueExtendedProperties: properties,
  };
  return { message, facts };
}

function toTime(value: string | undefined, now: number): number {
  return value === undefined ? now : parseSystemTime(value);
}

function toTimes({ receivedAt, createdAt }: ItemFacts, sentAt: number): JsonObject {
  return {
    createdDateTime: toGraphTime(createdAt),
    lastModifiedDateTime: toGraphTime(createdAt),
    receivedDateTime: toGraphTime(receivedAt),
    sentDateTime: toGraphTime(sentAt),
  };
}

/** Whole seconds, as Graph writes dates of mail. */
export function toGraphTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

// Exchange makes a draft of everything that is created, unless the flags say otherwise, and only at create can they.
function toFlags(flags: string | undefined, isRead: boolean | undefined): JsonObject {
  const bits = flags === undefined ? UNSENT_BIT | READ_BIT : Number.parseInt(flags, 10);
  return { isDraft: (bits & UNSENT_BIT) !== 0, isRead: isRead === true || (bits & READ_BIT) !== 0 };
}

function toContent({ subject, body, importance }: PostedMessage): JsonObject {
  const contentType = body?.contentType.toLowerCase() ?? "text";
  const content = body?.content ?? "";
  return {
    subject: subject ?? "",
    bodyPreview: toPreview(contentType, content),
    importance: importance?.toLowerCase() ?? "normal",
    body: { contentType, content },
  };
}

function toPreview(contentType: string, content: string): string {
  // Half a megabyte of markup is more than enough for 255 characters, and an attachment in the text costs no time.
  const text = contentType === "html" ? content.slice(0, 500_000).replaceAll(/<[^<>]*>/g, " ") : content;
  return text.replaceAll(/\s+/g, " ").trim().slice(0, PREVIEW_LENGTH);
}

type PostedRecipient = NonNullable<PostedMessage["from"]>;

function toPeople(posted: PostedMessage): JsonObject {
  const from = posted.from ?? posted.sender ?? undefined;
  const sender = posted.sender ?? posted.from ?? undefined;
  return {
    ...(sender === undefined ? {} : { sender: toRecipient(sender) }),
    ...(from === undefined ? {} : { from: toRecipient(from) }),
    toRecipients: (posted.toRecipients ?? []).map(toRecipient),
    ccRecipients: (posted.ccRecipients ?? []).map(toRecipient),
    bccRecipients: (posted.bccRecipients ?? []).map(toRecipient),
    replyTo: (posted.replyTo ?? []).map(toRecipient),
  };
}

function toRecipient({ emailAddress: { name, address } }: PostedRecipient): JsonObject {
  return { emailAddress: { name: name ?? address ?? "", address: address ?? "" } };
}

function toAttachments({ attachments = [] }: PostedMessage, now: number, number: number): JsonObject {
  return {
    hasAttachments: attachments.some(({ isInline }) => isInline !== true),
    attachments: attachments.map((attachment, index) => ({
      "@odata.type": attachment["@odata.type"],
      id: Buffer.from(`attachment ${number} ${index + 1}`).toString("base64url"),
      lastModifiedDateTime: toGraphTime(now),
      name: attachment.name,
      contentType: attachment.contentType ?? "application/octet-stream",
      size: Buffer.byteLength(attachment.contentBytes, "base64"),
      isInline: attachment.isInline ?? false,
      contentId: attachment.contentId ?? null,
      contentLocation: attachment.contentLocation ?? null,
      contentBytes: attachment.contentBytes,
    })),
  };
}

function toConversationId(references: string | undefined, internetMessageId: string): string {
  const root = /\S+/.exec(references ?? "")?.[0] ?? internetMessageId;
  return `AAQk${createHash("sha256").update(root).digest("base64url").slice(0, 40)}`;
}
