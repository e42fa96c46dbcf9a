import type { ItemKind } from "../../shared/chat/chat-item.ts";
import type { UnmappedReason } from "../../shared/chat/people.ts";

/** A user of the stand-in directory, as `--directory FILE` has it. */
export interface DirectoryUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly mail: string | null;
  readonly proxyAddresses: readonly string[];
  readonly displayName: string;
  /** `none`: has no mailbox; `disabled`: known, but mailbox requests answer 404. */
  readonly mailbox: "ok" | "none" | "disabled";
}

/** How somebody is, or is not, mapped to a mailbox. */
export type CastKind =
  | "csv"
  | "upn"
  | "mail"
  | "proxy"
  | "both"
  | "both-differ"
  | "alias"
  | "csv-wrong"
  | "csv-wrong-only"
  | "csv-disabled"
  | "imid-is-email"
  | "imid-in-other-case"
  | "unknown-address"
  | "no-address"
  | "mailbox-none"
  | "mailbox-disabled"
  | "outsider"
  | "outsider-without-email"
  | "outsider-imid-is-email"
  | "guest";

/** Somebody who chats. */
export interface CastMember {
  readonly kind: CastKind;
  /** How files spell the ImId: always the same person whatever the case; the first is the usual one. */
  readonly spellings: readonly [string, ...string[]];
  /** As files have it; undefined when the export does not know it. */
  readonly email?: string;
  readonly displayName: string;
  readonly firm: string;
  readonly isInside: boolean;
  /** Directory user whose mailbox the mapping CSV gives this ImId, when that is a valid one. */
  readonly byImId?: DirectoryUser;
  /** Directory user whose mailbox the e-mail address names, when that is a valid one. */
  readonly byEmail?: DirectoryUser;
  /** Why there is no mailbox, when both are undefined. */
  readonly unmapped?: UnmappedReason;
}

/** A file that goes with an item. */
export interface SampleFile {
  /** The name that people see. */
  readonly name: string;
  /** Path in the drop's archive. */
  readonly path: string;
  readonly type: "pdf" | "xlsx" | "png";
  readonly seed: string;
  readonly sizeInBytes: number;
  /** Where the bytes are: beside the chat file, in it as base64, or nowhere and why. */
  readonly bytes: "beside" | "base64" | "not-in-drop" | "transfer-failed" | "transfer-not-ended";
}

/** One entry of a conversation that must become one chat item. */
export interface Entry {
  readonly kind: ItemKind;
  /** When the item counts as sent; ms since 1970. For an edit or a deletion: when that was done. */
  readonly at: number;
  /** When the message was first written; differs from `at` in edits and deletions. */
  readonly writtenAt: number;
  readonly by: CastMember;
  readonly text: string;
  readonly messageId?: string;
  readonly file?: SampleFile;
  /** The message that an edit or a deletion is about. */
  readonly refersTo?: string;
  /** An original that was edited later: by which message and when. */
  readonly editedBy?: { readonly messageId: string; readonly at: number };
  /** Touched later (a reaction) without a change of its text; ms since 1970. */
  readonly touchedAt?: number;
  /** Repeats an item of this drop: goes nowhere a second time. */
  readonly isRepeat: boolean;
}

/** A stay in a conversation; null = the export does not tell that bound. */
export interface SampleStay {
  readonly member: CastMember;
  readonly from: number | null;
  readonly to: number | null;
}

/** A conversation, played through: who was there when, who said what. */
export interface Script {
  readonly id: string;
  /** A name for people; formats without one leave it out. */
  readonly room?: string;
  readonly perspective: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Times are written in seconds or milliseconds. */
  readonly unit: "s" | "ms";
  /** Joins and leaves where they happen, or all joins first and all leaves last. */
  readonly layout: "by-time" | "joins-first";
  /** Stays that the export tells by joins and leaves. */
  readonly stays: readonly SampleStay[];
  /** Those of whom it tells no join and no leave: there from their first word to their last. */
  readonly silentStays: readonly SampleStay[];
  /** In the order of the export. */
  readonly entries: readonly Entry[];
  /** In flat formats: rows that name recipients by e-mail address only. */
  readonly namesEmailsOnly: boolean;
}
