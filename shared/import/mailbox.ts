import type { ChatDay, ImportKey } from "../chat/identifiers.ts";
import type { EmailItem } from "./email-item.ts";

/** Why nothing more can be imported into a mailbox until somebody has acted. */
export type BlockReason = "access-denied" | "no-mailbox" | "quota-exceeded" | "mailbox-recreated";

/** What stands in the way of every request to this mailbox, not only of this one. In each case nothing was done. */
export type Trouble =
  /** Too many requests; `retryAfterInMs` as Graph wants it, absent when it does not say. */
  | { readonly type: "throttled"; readonly retryAfterInMs?: number }
  /** `code` is Graph's. */
  | { readonly type: "blocked"; readonly reason: BlockReason; readonly code: string }
  /** Our token is refused or not to be had. */
  | { readonly type: "unauthorised" }
  /** There is no connection to Graph, and nothing was sent. */
  | { readonly type: "unreachable" };

/** Nobody knows whether it was done. `wasAnswered`: Graph itself has answered, so nothing is under way any more. */
export interface Ambiguous {
  readonly type: "ambiguous";
  readonly wasAnswered: boolean;
  /** Static word for the log: a status, a code, or how the connection ended. */
  readonly because: string;
  readonly retryAfterInMs?: number;
}

/** What a created item is not, though it was asked for. */
export type Deviation = "is-draft" | "received-at" | "sent-at" | "folder" | "message-id";

/** What may be left out of an item that Graph refuses because of it. */
export type Optional = "internetMessageId" | "sender";

/** What has become of an item's creation. */
export type CreateOutcome =
  | { readonly type: "created"; readonly graphId: string; readonly deviations: readonly Deviation[] }
  | Ambiguous
  /** Graph will not have this item, whenever it is sent. `becauseOf`: it might without these. */
  | { readonly type: "refused"; readonly reason: string; readonly becauseOf: readonly Optional[] }
  /** There is no such folder any more. */
  | { readonly type: "folder-gone" }
  | Trouble;

/** No answer, or none that can be used: it says nothing. `isRefused`: nor will it when it is asked again. */
export interface NoValue {
  readonly type: "unknown";
  /** Static word for the log. */
  readonly because: string;
  readonly retryAfterInMs?: number;
  readonly isRefused?: true;
}

/** The answer to a look-up. */
export type LookUp =
  | { readonly type: "found"; readonly graphId: string; readonly folderId: string }
  | { readonly type: "absent" }
  | NoValue
  | Trouble;

/** An answer that is a value, or why there is none. */
export type Answer<T> = { readonly type: "value"; readonly value: T } | NoValue | Trouble;

/** A mailbox, as narrow as importing needs it. No method sends a creation twice. */
export interface Mailbox {
  /** Id of the root folder: another one means that the mailbox was made anew. */
  rootId(): Promise<Answer<string>>;
  /** Ids of the folders of that name below the root, in order of id. */
  findFolders(name: string): Promise<Answer<readonly string[]>>;
  /** Makes the folder, or finds it where somebody else has just made it. */
  createFolder(name: string): Promise<Answer<string>>;
  /**
   * Creates the item by one request; reads back what Graph has made of it. `maySend` is asked when nothing is left to
   * wait for before the request; where it says no, nothing is sent and the outcome is "unreachable".
   */
  create(folderId: string, item: EmailItem, maySend?: () => boolean): Promise<CreateOutcome>;
  /** Looks through the whole mailbox, because people move items. */
  findByMessageId(internetMessageId: string): Promise<LookUp>;
  /** Looks through the folder by the import key. */
  findByKey(folderId: string, key: ImportKey): Promise<LookUp>;
  /** Looks through the whole mailbox by the import key: for items that bear no Message-ID of ours. */
  findAnywhereByKey(key: ImportKey): Promise<LookUp>;
  /**
   * The import keys of the folder's items of a chat day, page by page. An answer without a value tells why a page could
   * not be read; asking on asks for that page again.
   */
  listKeys(folderId: string, day: ChatDay): AsyncIterable<Answer<readonly ImportKey[]>>;
}
