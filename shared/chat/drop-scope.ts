import * as z from "zod";
import {
  type FileId,
  fileId,
  type ImportKey,
  importKey,
  type MailboxId,
  mailboxId,
  mailboxParts,
} from "./identifiers.ts";

/** What a reprocessing is asked for when it is not for the whole drop: listed or chat files, mailboxes, or items. */
export const reprocessScope = z.discriminatedUnion("type", [
  z.object({ type: z.literal("files"), files: z.array(fileId) }),
  z.object({ type: z.literal("mailboxes"), mailboxes: z.array(mailboxId) }),
  z.object({ type: z.literal("items"), keys: z.array(importKey) }),
]);
/** What a reprocessing is asked for when it is not for the whole drop. */
export type ReprocessScope = z.infer<typeof reprocessScope>;

/** The part of a drop that a generation deals with. Of items it is also known which chat files they came in. */
export const dropScope = z.discriminatedUnion("type", [
  z.object({ type: z.literal("files"), files: z.array(fileId) }),
  z.object({ type: z.literal("mailboxes"), mailboxes: z.array(mailboxId) }),
  z.object({ type: z.literal("items"), keys: z.array(importKey), files: z.array(fileId) }),
]);
/** The part of a drop that a generation deals with. */
export type DropScope = z.infer<typeof dropScope>;

/** Answers whether something belongs to a generation. */
export interface ScopeFilter {
  /** A file by any of its ids: its own, and that of the listed file it came in or those of the chat files it holds. */
  hasFile(...ids: readonly FileId[]): boolean;
  hasItem(key: ImportKey): boolean;
  /** Any mailbox that the user has had: one that was made anew is the one that was asked for. */
  hasMailbox(mailbox: MailboxId): boolean;
}

const yes = (): boolean => true;
const whole: ScopeFilter = { hasFile: yes, hasItem: yes, hasMailbox: yes };

/** What belongs to a generation with this scope; all of the drop when there is none. */
export function toScopeFilter(scope: DropScope | undefined): ScopeFilter {
  switch (scope?.type) {
    case undefined:
      return whole;
    case "files":
      return { ...whole, hasFile: toFileFilter(scope.files) };
    case "mailboxes": {
      const users = new Set(scope.mailboxes.map((mailbox) => mailboxParts(mailbox).oid));
      return { ...whole, hasMailbox: (mailbox) => users.has(mailboxParts(mailbox).oid) };
    }
    case "items": {
      const keys = new Set(scope.keys);
      return { ...whole, hasFile: toFileFilter(scope.files), hasItem: (key) => keys.has(key) };
    }
  }
}

function toFileFilter(files: readonly FileId[]): ScopeFilter["hasFile"] {
  const wanted = new Set(files);
  return (...ids) => ids.some((id) => wanted.has(id));
}

/** Whether a generation with this scope leaves some of the drop's files alone. */
export function leavesFiles(scope: DropScope | undefined): boolean {
  return scope?.type === "files" || scope?.type === "items";
}
