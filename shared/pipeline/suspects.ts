import { type ChatDay, type ImportKey, type MailboxId, mailboxParts, type ObjectId } from "../chat/identifiers.ts";
import type { IndexedItem } from "../map/index-lines.ts";

/** An item that a generation meant for a mailbox. */
export interface Delivery {
  readonly key: ImportKey;
  readonly chatDay: ChatDay;
  /** `file:position`. */
  readonly source: string;
  readonly mailbox: MailboxId;
  /** The generation that names it. */
  readonly generation: number;
}

/**
 * Deliveries of earlier generations that may not be this one's any more, until they are held against what this one says
 * of the item. It holds those of one pass only: those whose key, which is a hash, falls into it.
 */
export class Suspects {
  readonly #pass: number;
  readonly #passes: number;
  readonly #most: number;
  readonly #byKey = new Map<ImportKey, Delivery[]>();
  readonly #judged = new Set<ImportKey>();
  #held = 0;
  #seen = 0;

  /** @param most of them are held; the others are only counted. @default all */
  constructor(pass: number, passes: number, most = Number.POSITIVE_INFINITY) {
    this.#pass = pass;
    this.#passes = passes;
    this.#most = most;
  }

  /** How many came by, whether held or not, and however often one did. */
  get seen(): number {
    return this.#seen;
  }

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  /** Of an item and a mailbox the first that comes is held. */
  add(delivery: Delivery): void {
    this.#seen += 1;
    const { key, mailbox } = delivery;
    if (this.#held >= this.#most || toNumber(key) % this.#passes !== this.#pass) return;
    const ofItem = this.#byKey.get(key) ?? [];
    if (ofItem.some((other) => other.mailbox === mailbox)) return;
    ofItem.push(delivery);
    this.#byKey.set(key, ofItem);
    this.#held += 1;
  }

  /** This generation has the item, for these mailboxes. A user's other epochs are not somebody else's mailbox. */
  judge({ key, mailboxes }: IndexedItem): void {
    const ofItem = this.#byKey.get(key);
    if (ofItem === undefined) return;
    this.#judged.add(key);
    if (mailboxes.length === 0) return;
    const users = new Set(mailboxes.map(toUser));
    this.#byKey.set(
      key,
      ofItem.filter(({ mailbox }) => !users.has(toUser(mailbox))),
    );
  }

  /** What this generation would say of the item is not known. */
  leave({ key }: IndexedItem): void {
    this.#byKey.delete(key);
  }

  /** What this generation has judged and does not name, by mailbox and chat day. */
  listLeft(): Delivery[] {
    const left = [...this.#byKey].flatMap(([key, ofItem]) => (this.#judged.has(key) ? ofItem : []));
    return left.sort((a, b) => compare(a.mailbox, b.mailbox) || compare(a.chatDay, b.chatDay));
  }
}

/** Whose a mailbox is, whichever epoch it is of. */
export function toUser(mailbox: MailboxId): ObjectId {
  return mailboxParts(mailbox).oid;
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** 32 bits of the SHA-256 that a key is. */
function toNumber(key: ImportKey): number {
  return Buffer.from(key.slice(0, 8), "base64url").readUInt32BE(0);
}
