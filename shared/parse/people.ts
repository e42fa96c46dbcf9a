import { folded, type Participant } from "../chat/chat-item.ts";
import { imId, mailboxAddress } from "../chat/identifiers.ts";
import { maxDisplayNameLength, maxEmailLength, maxImIdLength } from "./parse-limits.ts";

/** How one file describes a person; empty strings mean "not given". */
export interface Description {
  readonly imId?: string | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
}

/** Which part of a description is longer than a participant may have it. */
export type TooLong = { readonly tooLong: "imId" | "email" | "displayName" };

const cacheSize = 10_000;

/**
 * Makes participants of descriptions, the same object for the same description, because a day's file names a few
 * hundred people a hundred thousand times.
 */
export class People {
  readonly #known = new Map<string, Participant>();
  readonly #withEmail = new WeakMap<Participant, Participant>();
  readonly #keys = new WeakMap<Participant, string>();

  toParticipant(given: Description): Participant | TooLong {
    const key = toKey(given);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = toParticipant(given);
    if ("tooLong" in made) return made;
    if (this.#known.size >= cacheSize) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }

  /** The person with their ImId as e-mail address, when they have no other and it has an address's form. */
  withEmailFromImId(person: Participant): Participant {
    const known = this.#withEmail.get(person);
    if (known !== undefined) return known;
    const made = withEmailFromImId(person);
    this.#withEmail.set(person, made);
    return made;
  }

  /** The ImId as it is compared. */
  foldedImId(person: Participant): string {
    const known = this.#keys.get(person);
    if (known !== undefined) return known;
    const made = folded(person.imId ?? "");
    this.#keys.set(person, made);
    return made;
  }
}

/** NUL separates, because no parser lets one through. */
function toKey({ imId = "", email = "", displayName = "" }: Description): string {
  return email === "" && displayName === "" ? imId : `${imId}\0${email}\0${displayName}`;
}

function toParticipant({ imId: id = "", email = "", displayName = "" }: Description): Participant | TooLong {
  if (id.length > maxImIdLength) return { tooLong: "imId" };
  if (email.length > maxEmailLength) return { tooLong: "email" };
  if (displayName.length > maxDisplayNameLength) return { tooLong: "displayName" };
  return {
    ...(id === "" ? {} : { imId: imId.parse(id) }),
    ...(email === "" ? {} : { email }),
    ...(displayName === "" ? {} : { displayName }),
  };
}

function withEmailFromImId(person: Participant): Participant {
  if (person.email !== undefined || person.imId === undefined) return person;
  return mailboxAddress.safeParse(person.imId).success ? { ...person, email: person.imId } : person;
}
