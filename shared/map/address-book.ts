import { folded } from "../chat/chat-item.ts";
import { type MailboxAddress, type MailboxId, mailboxAddress } from "../chat/identifiers.ts";
import type { UnmappedReason } from "../chat/people.ts";

/** The mailbox of an address, or why it has none. */
export type Finding =
  | { readonly id: MailboxId; readonly address: string; readonly displayName: string }
  | UnmappedReason;

/** Asks the directory for an address. Throws when the directory cannot be asked. */
export type FindMailbox = (address: MailboxAddress, signal?: AbortSignal) => Promise<Finding>;

/** Whether a mailbox was found. */
export function isFound(finding: Finding | undefined): finding is Exclude<Finding, string> {
  return typeof finding === "object";
}

/** Finds mailboxes and asks for each address once, however it is spelt and by how many it is given. */
export interface AddressBook {
  find(text: string | undefined): Promise<Finding>;
}

/** Makes an address book for one resolving. */
export function createAddressBook(findMailbox: FindMailbox, signal?: AbortSignal): AddressBook {
  const asked = new Map<string, Promise<Finding>>();
  return {
    async find(text) {
      const key = folded(text ?? "");
      if (key === "") return "no-address";
      const address = mailboxAddress.safeParse(key);
      if (!address.success) return "not-an-address";
      const known = asked.get(key) ?? findMailbox(address.data, signal);
      asked.set(key, known);
      return known;
    },
  };
}
