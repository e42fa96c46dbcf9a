import type { z } from "zod";
import { chatLine, personKey } from "../chat/chat-item.ts";
import { type ChatDay, type FileId, type MailboxId, toChatDay } from "../chat/identifiers.ts";
import type { People } from "../chat/people.ts";
import { toGzipLines } from "../store/lines.ts";

/** What a chunk came to. */
export interface RouteCounts {
  readonly items: number;
  /** Item x mailbox. */
  readonly deliveries: number;
  /** Items that no mailbox gets. */
  readonly unmappedItems: number;
  /**
   * How many items each person without mailbox took part in, by the person's number in the People document: the first
   * number, where one person stands in the files under several names or addresses.
   */
  readonly itemsOfUnmapped: Readonly<Record<string, number>>;
}

/** A routed chunk, ready to be written. */
export interface RoutedChunk {
  /** Gzipped lines of `routed` (work-line.ts): the items that somebody gets. */
  readonly lines: Buffer;
  /**
   * Gzipped lines of `reports/index`, `key,chatDay,file:position,mailbox|unmapped`: one for each item and mailbox, or one
   * `unmapped`. No words, no people.
   */
  readonly index: Buffer;
  readonly counts: RouteCounts;
}

/** The fields that routing needs; the rest of a line is passed on as it is. */
const routedFields = chatLine.pick({ position: true, key: true, sentAt: true, from: true, to: true });

/**
 * Says for each item of a chunk which mailboxes get it: the sender's and every recipient's, each once. Pure, and its lines
 * hold the items byte for byte, so that a chunk routed twice gives the same blobs.
 *
 * @param text lines of `chats`, each ended by a line feed
 * @throws Error when an item names a person whom the People document does not have; ZodError when a line is no item
 */
export function routeChunk(text: string, file: FileId, people: People): RoutedChunk {
  const routes = toRoutes(people, file);
  const tally = { items: 0, deliveries: 0, unmappedItems: 0, itemsOfUnmapped: new Map<number, number>() };
  const lines: string[] = [];
  const index: string[] = [];
  for (const json of text.split("\n")) {
    if (json === "") continue;
    const item = routedFields.parse(JSON.parse(json));
    const { mailboxes, unmapped } = routes.of([item.from, ...item.to]);
    const chatDay = toChatDay(item.sentAt);
    if (mailboxes.length > 0) lines.push(`${mailboxes.join()}\t${chatDay}\t${json}`);
    index.push(...toIndexLines({ ...item, chatDay, file }, mailboxes));
    tally.items += 1;
    tally.deliveries += mailboxes.length;
    tally.unmappedItems += mailboxes.length === 0 ? 1 : 0;
    for (const one of unmapped) tally.itemsOfUnmapped.set(one, (tally.itemsOfUnmapped.get(one) ?? 0) + 1);
  }
  const itemsOfUnmapped = Object.fromEntries([...tally.itemsOfUnmapped].sort(([a], [b]) => a - b));
  return { lines: toGzipLines(lines), index: toGzipLines(index), counts: { ...tally, itemsOfUnmapped } };
}

interface Route {
  /** Each once, in the order of their ids, so that it does not matter how an export orders recipients. */
  readonly mailboxes: readonly MailboxId[];
  /** Numbers of the persons who have none. */
  readonly unmapped: Iterable<number>;
}

function toRoutes(people: People, file: FileId): { of(participants: readonly number[]): Route } {
  const numbers = people.files[file];
  if (numbers === undefined) throw new Error(`the people of file ${file} were not resolved`);
  const firstOf = toFirstNumbers(people);
  return {
    of(participants) {
      const mailboxes = new Set<MailboxId>();
      const unmapped = new Set<number>();
      for (const participant of participants) {
        const number = numbers[participant] ?? -1;
        const person = people.persons[number];
        if (person === undefined) throw new Error(`file ${file} has no participant ${participant}`);
        if (person.mailbox === undefined) unmapped.add(firstOf.get(personKey(person.participant)) ?? number);
        else mailboxes.add(person.mailbox.id);
      }
      return { mailboxes: [...mailboxes].sort(), unmapped };
    },
  };
}

/** The first number of each person who has no mailbox. */
function toFirstNumbers({ persons }: People): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [number, { participant, mailbox }] of persons.entries()) {
    const key = personKey(participant);
    if (mailbox === undefined && !first.has(key)) first.set(key, number);
  }
  return first;
}

function toIndexLines(
  item: z.infer<typeof routedFields> & { readonly chatDay: ChatDay; readonly file: FileId },
  mailboxes: readonly MailboxId[],
): string[] {
  const start = `${item.key},${item.chatDay},${item.file}:${item.position},`;
  return mailboxes.length === 0 ? [`${start}unmapped`] : mailboxes.map((mailbox) => start + mailbox);
}
