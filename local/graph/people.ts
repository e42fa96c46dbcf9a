import type { DirectoryUser } from "./directory-file.ts";

/** A user of the tenant, with what only the stand-in's master can decide. */
export interface Person extends DirectoryUser {
  /** Whether the app may see this mailbox (Exchange's RBAC for Applications); else 403 ErrorAccessDenied. */
  readonly isInScope: boolean;
  /** A full mailbox takes no item: 403 ErrorQuotaExceeded. */
  readonly isFull: boolean;
}

/** What can be changed about a person while the stand-in runs. */
export type PersonChange = Partial<Omit<Person, "id">>;

/** The tenant's users. */
export interface People {
  /** By object id or user principal name, whatever the case. */
  find(idOrUpn: string): Person | undefined;
  /** In the order of the directory file. */
  list(): readonly Person[];
  /** Adds a user, or replaces the one of that id. */
  put(user: DirectoryUser): void;
  /** @throws RangeError when there is no such user */
  change(id: string, change: PersonChange): void;
  /** Removes a user, as when one leaves the firm; false when there is none. */
  remove(id: string): boolean;
}

/** Makes the tenant's users from a parsed directory. All are in scope and none is full, until one is changed. */
export function createPeople(users: readonly DirectoryUser[]): People {
  const byId = new Map<string, Person>();
  const idByName = new Map<string, string>();
  function put(person: Person): void {
    forgetName(person.id);
    byId.set(person.id.toLowerCase(), person);
    idByName.set(person.userPrincipalName.toLowerCase(), person.id.toLowerCase());
  }
  function forgetName(id: string): void {
    const before = byId.get(id.toLowerCase());
    if (before !== undefined) idByName.delete(before.userPrincipalName.toLowerCase());
  }
  for (const user of users) put({ ...user, isInScope: true, isFull: false });
  return {
    find(idOrUpn) {
      const key = idOrUpn.toLowerCase();
      return byId.get(key) ?? byId.get(idByName.get(key) ?? "");
    },
    list: () => [...byId.values()],
    put: (user) => put({ ...user, isInScope: true, isFull: false }),
    change(id, change) {
      const person = byId.get(id.toLowerCase());
      if (person === undefined) throw new RangeError(`the directory has no user ${id}`);
      put({ ...person, ...change });
    },
    remove(id) {
      forgetName(id);
      return byId.delete(id.toLowerCase());
    },
  };
}
