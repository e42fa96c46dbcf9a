import { createHash } from "node:crypto";
import type { People, Person } from "../chat/people.ts";
import type { WorkLine } from "../chat/work-line.ts";
import { toMailLine } from "./mail-text.ts";

/** A participant as an item's header and body name them. */
export interface Correspondent {
  readonly name: string;
  /** Well formed always; below icechat.invalid when the chat knows no address. */
  readonly address: string;
  /** What else the chat says of them: another name, another address, ImId, firm. */
  readonly also: readonly string[];
}

/** Who sent an item and to whom. */
export interface Correspondents {
  readonly sender: Correspondent;
  readonly recipients: readonly Correspondent[];
}

/** The domain of addresses that exist for form's sake only: RFC 2606 keeps `.invalid` from ever being delivered to. */
export const placeholderDomain = "icechat.invalid";

/** A drop's people do not know a participant of its items: they are another drop's, or another generation's. */
class MissingParticipant extends Error {
  override readonly name = "MissingParticipant";
  readonly messageIsOurs = true;
}

/** Looks up an item's participants. @throws MissingParticipant */
export function correspondentsOf(work: WorkLine, people: People): Correspondents {
  const numbers = people.files[work.file];
  const personOf = (participant: number): Correspondent => {
    const person = people.persons[numbers?.[participant] ?? -1];
    if (person === undefined) {
      throw new MissingParticipant(
        `the people of ${people.drop}/${people.gen} lack participant ${participant} of file ${work.file}`,
      );
    }
    return toCorrespondent(person);
  };
  return { sender: personOf(work.item.from), recipients: work.item.to.map(personOf) };
}

const known = new WeakMap<Person, Correspondent>();

/**
 * Names a person by the mailbox they were resolved to, else by what the chat says. An address that is none would make
 * Graph refuse the whole item, so it gives way to an ImId in the form of an address, or to a placeholder made of the ImId.
 */
export function toCorrespondent(person: Person): Correspondent {
  const before = known.get(person);
  if (before !== undefined) return before;
  const { imId, email, displayName, firm } = person.participant;
  const address = person.mailbox?.address ?? toAddress(email) ?? toAddress(imId) ?? toPlaceholder(imId ?? email ?? "");
  const named = [person.mailbox?.displayName, displayName, imId, email]
    .map((text) => toMailLine(text ?? ""))
    .find(Boolean);
  const name = named ?? address;
  const also = [displayName, email, imId === undefined ? undefined : `ImId ${imId}`, firm].map((text) =>
    toMailLine(text ?? ""),
  );
  const others = also.filter((text) => text !== "" && text !== name && text.toLowerCase() !== address.toLowerCase());
  const correspondent = { name, address, also: others };
  known.set(person, correspondent);
  return correspondent;
}

/** RFC 5321's dot-string at a host name of RFC 1123: what Exchange takes without question. Others stand in the body only. */
const plainAddress =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([a-z\d]([a-z\d-]{0,61}[a-z\d])?)(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;

function toAddress(text: string | undefined): string | undefined {
  const line = toMailLine(text ?? "");
  return line.length <= 254 && line.indexOf("@") <= 64 && plainAddress.test(line) ? line : undefined;
}

/** A local part of at most 64 octets (RFC 5321, 4.5.3.1.1) out of letters, digits, `.`, `_` and `-`, different for different names. */
function toPlaceholder(name: string): string {
  const plain = name.normalize("NFC");
  const simple = plain.replace(/[^A-Za-z0-9_-]+/g, ".").replace(/^\.+|\.+$/g, "");
  if (simple === plain && simple.length > 0 && simple.length <= 64) return `${simple}@${placeholderDomain}`;
  const hash = createHash("sha256").update(plain).digest("hex").slice(0, 16);
  const start = simple.slice(0, 40).replace(/\.+$/, "") || "unknown";
  return `${start}.${hash}@${placeholderDomain}`;
}
