import { ourFirm, toLocalPart } from "./names.ts";
import type { Random } from "./random.ts";
import type { DirectoryUser } from "./sample-types.ts";

/** Makes directory users whose addresses are all different. */
export class DirectoryUsers {
  readonly #random: Random;
  readonly #taken = new Set<string>();
  readonly #users: DirectoryUser[] = [];

  /** `random` gives the object ids. */
  constructor(random: Random) {
    this.#random = random;
  }

  /** Adds somebody of our firm: sign-in name, primary address and an old one all differ. */
  add(displayName: string, mailbox: DirectoryUser["mailbox"] = "ok"): DirectoryUser {
    const number = this.#users.length;
    const local = this.#free(toLocalPart(displayName) || `trader.${number}`);
    const mail = `${local}@${ourFirm.domain}`;
    return this.#keep({
      id: this.#objectId(),
      userPrincipalName: `u${10_000 + number}@${ourFirm.domain}`,
      mail,
      proxyAddresses: [`SMTP:${mail}`, `smtp:${local}+ice@${ourFirm.domain}`, `smtp:${local}@${ourFirm.oldDomain}`],
      displayName,
      mailbox,
    });
  }

  /** Adds a guest: somebody else's address, no mailbox here. */
  addGuest(displayName: string, address: string): DirectoryUser {
    return this.#keep({
      id: this.#objectId(),
      userPrincipalName: `${address.replace("@", "_")}#EXT#@${ourFirm.domain}`,
      mail: address,
      proxyAddresses: [`SMTP:${address}`],
      displayName,
      mailbox: "none",
    });
  }

  /** All of them, in the order they were added. */
  list(): readonly DirectoryUser[] {
    return this.#users;
  }

  #keep(user: DirectoryUser): DirectoryUser {
    this.#users.push(user);
    return user;
  }

  #free(local: string): string {
    let free = local;
    for (let n = 2; this.#taken.has(free); n += 1) free = `${local}${n}`;
    this.#taken.add(free);
    return free;
  }

  #objectId(): string {
    const hex = this.#random.hex(32);
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      "-",
    );
  }
}

/** The old address that a directory user still has, without its prefix. */
export function oldAddress(user: DirectoryUser): string {
  return user.proxyAddresses.at(-1)?.replace(/^smtp:/i, "") ?? user.userPrincipalName;
}

/** A user's primary address. */
export function primaryAddress(user: DirectoryUser): string {
  return user.mail ?? user.userPrincipalName;
}
