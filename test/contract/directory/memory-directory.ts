import type { MailboxAddress, ObjectId } from "../../../shared/chat/identifiers.ts";
import type { Directory, DirectoryAnswer, MailboxState } from "../../../shared/directory/directory.ts";
import type { ContractPerson } from "./directory-contract.ts";

/** A directory in memory. Held to the same contract as Graph's. */
export class MemoryDirectory implements Directory {
  readonly #people: readonly ContractPerson[];
  readonly #roots = new Map<ObjectId, number>();
  #isAway = false;
  /** How often it was asked, by address. */
  readonly asked = new Map<string, number>();

  constructor(people: readonly ContractPerson[]) {
    this.#people = people;
  }

  async find(address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryAnswer> {
    signal?.throwIfAborted();
    this.asked.set(address, (this.asked.get(address) ?? 0) + 1);
    if (this.#isAway) throw new Error("the directory is away");
    const [only, other] = this.#lookUp(address);
    if (only === undefined) return "unknown";
    if (other !== undefined) return "ambiguous";
    const main = only.mail ?? only.upn;
    const user = { oid: only.oid, address: main, displayName: only.displayName ?? main };
    return { user, mailbox: this.#mailboxOf(only) };
  }

  /** Makes a user's mailbox anew. */
  recreate(oid: ObjectId): void {
    this.#roots.set(oid, (this.#roots.get(oid) ?? 0) + 1);
  }

  /** From now on every question fails. */
  goAway(): void {
    this.#isAway = true;
  }

  #lookUp(address: string): ContractPerson[] {
    const ways: ((person: ContractPerson) => boolean)[] = [
      ({ upn }) => isSame(upn, address),
      ({ mail }) => isSame(mail, address),
      ({ proxyAddresses = [] }) => proxyAddresses.some((one) => isSame(one, `smtp:${address}`)),
    ];
    return ways.map((fits) => this.#people.filter(fits)).find((found) => found.length > 0) ?? [];
  }

  #mailboxOf({ oid, mailbox = "ok" }: ContractPerson): MailboxState {
    return mailbox === "ok" ? { state: "ok", rootId: `root-${oid}-${this.#roots.get(oid) ?? 0}` } : { state: mailbox };
  }
}

function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
