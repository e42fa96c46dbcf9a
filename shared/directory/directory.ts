import type { MailboxAddress, ObjectId } from "../chat/identifiers.ts";

/** A user of Microsoft 365. */
export interface DirectoryUser {
  readonly oid: ObjectId;
  /** Main mail address; the user principal name of one who has none. */
  readonly address: string;
  readonly displayName: string;
}

/**
 * A user's mailbox. `rootId` names its root folder and changes when the mailbox is made anew. Out of scope: the app may
 * not see it (Exchange's RBAC for Applications), which is a fault of the set-up and says nothing about the person.
 */
export type MailboxState =
  | { readonly state: "ok"; readonly rootId: string }
  | { readonly state: "none" }
  | { readonly state: "out-of-scope" };

/** Whose an address is. */
export type DirectoryAnswer =
  | "unknown"
  | "ambiguous"
  | { readonly user: DirectoryUser; readonly mailbox: MailboxState };

/** Microsoft 365's users. */
export interface Directory {
  /**
   * Looks an address up: as user principal name, as main address, as further address.
   *
   * @throws when there is no clear answer: then try later, and never take the person for unknown.
   */
  find(address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryAnswer>;
}
