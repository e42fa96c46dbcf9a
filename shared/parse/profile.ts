import type { Attachment, ParsedRecord } from "../chat/chat-item.ts";
import type { ParseLimits } from "./parse-limits.ts";

/** The documented names of a flat record's fields (docs/formats.md). */
export const flatFields = [
  "ConversationId",
  "RoomName",
  "MessageId",
  "Timestamp",
  "ImId",
  "SenderEmail",
  "SenderName",
  "RecipientEmail",
  "RecipientImId",
  "Text",
  "Attachment",
  "AttachmentContent",
] as const;
/** A documented name of a flat record's field. */
export type FlatField = (typeof flatFields)[number];

/** Columns of a connector's flat files that bear other names: documented name -> name in the file. */
export type FieldNames = Readonly<Partial<Record<FlatField, string>>>;

/** An attachment's bytes, stored in container `drops`: SHA-256, size in bytes, blob. */
export type StoredContent = NonNullable<Attachment["content"]>;

/** What a parser is given besides the bytes. With equal bytes and an equal context it yields equal records. */
export interface ParseContext {
  /** IANA zone of timestamps that name none, e.g. Europe/London. Without it such a timestamp is an error. */
  readonly zone?: string;
  /** Renamed columns of flat formats. */
  readonly fieldNames?: FieldNames;
  readonly limits: ParseLimits;
  /** Finds a file that lies beside the chat file in its archive, by its stored path and its shown name. */
  attachmentAt(path: string, userFileName?: string): StoredContent | undefined;
  /** Keeps bytes that came inside a record. */
  keepInline(bytes: Uint8Array): Promise<StoredContent>;
}

/** One format of chat files. A new one is a file here, a line in profiles.ts and its fixtures. */
export interface Profile {
  readonly name: string;
  /** Whether a file that begins so (decoded, up to 64 KiB) is of this format. */
  recognises(head: string, fieldNames?: FieldNames): boolean;
  /**
   * Parses a file, in pieces of any size; memory does not grow with the file. The consumer may stop early.
   * @throws UnparsableFile
   */
  parse(bytes: AsyncIterable<Uint8Array>, context: ParseContext): AsyncIterable<ParsedRecord>;
}
