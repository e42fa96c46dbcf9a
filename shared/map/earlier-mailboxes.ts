import { createHash } from "node:crypto";
import { folded, type Participant } from "../chat/chat-item.ts";
import { type MailboxId, mailboxParts } from "../chat/identifiers.ts";
import type { Person } from "../chat/people.ts";
import { type Finding, isFound } from "./address-book.ts";

/** Mailboxes that were found by people's own addresses, by a hash that tells neither person nor address. */
export type FoundMailboxes = Readonly<Record<string, MailboxId>>;

/** What a generation found, to be kept for the next ones. What the mapping named is not in it: it may be what is mended next. */
export function toFoundMailboxes(persons: readonly Person[]): FoundMailboxes {
  const found: Record<string, MailboxId> = {};
  for (const { participant, mailbox } of persons) {
    if (mailbox?.via === "email") found[toName(participant)] = mailbox.id;
  }
  return found;
}

/**
 * Whose mailbox an address was when a drop was mapped first. Addresses change hands: were a drop that is mapped again a
 * year later to go by today's directory, somebody's successor would get their chats.
 */
export class EarlierMailboxes {
  readonly #generations: readonly FoundMailboxes[];

  /** @param generations the oldest first: it counts. */
  constructor(generations: readonly FoundMailboxes[] = []) {
    this.#generations = generations;
  }

  /** Which of the two is meant: the earlier one, unless today's is the same user's, whose mailbox may have been made anew. */
  choose(participant: Participant, today: Finding): { readonly finding: Finding; readonly hasChangedHands: boolean } {
    const name = toName(participant);
    const id = this.#generations.map((found) => found[name]).find((one) => one !== undefined);
    if (id === undefined || (isFound(today) && isSameUser(today.id, id)))
      return { finding: today, hasChangedHands: false };
    const { email: address = "", displayName = address } = participant;
    return { finding: { id, address, displayName }, hasChangedHands: isFound(today) };
  }
}

function isSameUser(one: MailboxId, other: MailboxId): boolean {
  return mailboxParts(one).oid === mailboxParts(other).oid;
}

function toName({ imId, email }: Participant): string {
  const identity = JSON.stringify([folded(imId ?? ""), folded(email ?? "")]);
  return createHash("sha256").update(identity).digest("base64url");
}
