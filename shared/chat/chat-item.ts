import * as z from "zod";
import { imId, importKey, sha256Hex } from "./identifiers.ts";

/** A person in a conversation, as one file tells it: at least an ImId or an e-mail address. */
export const participant = z.object({
  imId: imId.optional(),
  /** As the file has it; not checked to be an address. */
  email: z.string().max(320).optional(),
  displayName: z.string().max(256).optional(),
  firm: z.string().max(256).optional(),
});
/** A person in a conversation, as one file tells it. */
export type Participant = z.infer<typeof participant>;

/** What sort of entry an item is; history counts as message. */
export const itemKind = z.enum(["message", "edit", "delete", "file", "disclaimer"]);
/** What sort of entry an item is. */
export type ItemKind = z.infer<typeof itemKind>;

/** A file that belongs to an item; `missing` says why there are no bytes. */
export const attachment = z.object({
  name: z.string().max(1024),
  contentType: z.string().max(256).optional(),
  /** Present when the bytes are there: their hash, size in bytes and the blob in container `drops`. */
  content: z.object({ sha256: sha256Hex, sizeInBytes: z.number().int().nonnegative(), blob: z.string() }).optional(),
  missing: z.enum(["not-in-drop", "transfer-failed", "transfer-not-ended", "deleted", "unreadable"]).optional(),
});
/** A file that belongs to an item. */
export type Attachment = z.infer<typeof attachment>;

/** One chat item as a parser yields it. Recipients are those named, or "present": whoever was there (presence.ts). */
export interface ParsedItem {
  /** Ordinal of the item in its file, from 0. */
  readonly position: number;
  /** Byte offset in the plaintext at or before which the item begins. */
  readonly offset: number;
  readonly conversationId: string;
  readonly room?: string;
  readonly messageId?: string;
  readonly kind: ItemKind;
  /** A message that repeats what was delivered before. */
  readonly isHistory: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly sentAt: number;
  readonly sender: Participant;
  readonly recipients: readonly Participant[] | "present";
  /** May be empty. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** The message that an edit or a deletion is about. */
  readonly refersTo?: string;
}

/** Someone's stay in a conversation: [from, to] in ms since 1970, both inclusive; null = no bound known. */
export type Stay = readonly [from: number | null, to: number | null];

/** Who was in one conversation, and when. */
export interface Roster {
  readonly stays: readonly { readonly participant: Participant; readonly stays: readonly Stay[] }[];
}

/** What a parser yields, in the file's order; a conversation's roster comes after its items. */
export type ParsedRecord =
  | { readonly type: "item"; readonly item: ParsedItem }
  | { readonly type: "roster"; readonly roster: Roster };

/**
 * One line of a chunk in `chats`: an item whose people are numbers into its file's list of participants
 * (the order of first appearance), so that lines stay short whatever the room's size.
 */
export const chatLine = z.object({
  position: z.number().int().nonnegative(),
  key: importKey,
  conversationId: z.string(),
  room: z.string().optional(),
  messageId: z.string().optional(),
  kind: itemKind,
  isHistory: z.boolean(),
  sentAt: z.number().int(),
  from: z.number().int().nonnegative(),
  to: z.array(z.number().int().nonnegative()),
  text: z.string(),
  attachments: z.array(attachment),
  refersTo: z.string().optional(),
});
/** One line of a chunk in `chats`. */
export type ChatLine = z.infer<typeof chatLine>;

/** The form in which ImIds and addresses are compared: NFC, lower case, no space around. */
export function folded(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

/** What tells one participant from another in a conversation: the ImId, else the e-mail address, folded. */
export function personKey(person: Participant): string {
  return person.imId === undefined ? `@${folded(person.email ?? "")}` : `#${folded(person.imId)}`;
}
