import { chatLine, personKey } from "../chat/chat-item.ts";
import { type ScopeFilter, toScopeFilter } from "../chat/drop-scope.ts";
import { type FileId, type ImportKey, type MailboxId, toChatDay } from "../chat/identifiers.ts";
import type { People } from "../chat/people.ts";
import { cutLines, LineBuffer } from "../store/lines.ts";
import { type IndexTarget, toIndexLines } from "./index-lines.ts";

/** What a chunk came to. */
export interface RouteCounts {
  readonly items: number;
  /** Item x mailbox. */
  readonly deliveries: number;
  /** Items that no mailbox gets. */
  readonly unmappedItems: number;
  /** Items that the generation's scope leaves alone. */
  readonly outOfScopeItems: number;
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
  /** Gzipped lines of `reports/index` (index-lines.ts): every item. */
  readonly index: Buffer;
  readonly counts: RouteCounts;
}

/** The fields that routing needs; the rest of a line is passed on as it is. */
const routedFields = chatLine.pick({ position: true, key: true, sentAt: true, from: true, to: true });

/**
 * Says for each item of a chunk which mailboxes get it: the sender's and every recipient's, each once, as far as they are
 * in the generation's scope. Pure, and its lines hold the items byte for byte, so that a chunk routed twice gives the
 * same blobs.
 *
 * @param chunk lines of `chats`
 * @param scope what is routed. @default all
 * @throws Error when an item names a person whom the People document does not have; ZodError when a line is no item
 */
export function routeChunk(
  chunk: Buffer,
  file: FileId,
  people: People,
  scope: Pick<ScopeFilter, "hasItem" | "hasMailbox"> = toScopeFilter(undefined),
): RoutedChunk {
  const routes = toRoutes(people, file);
  const tally = { items: 0, deliveries: 0, unmappedItems: 0, outOfScopeItems: 0 };
  const itemsOfUnmapped = new Map<number, number>();
  const lines = new LineBuffer(chunk.length * 2);
  const index = new LineBuffer(chunk.length);
  for (const json of cutLines(chunk)) {
    const item = routedFields.parse(JSON.parse(json.toString()));
    const { to, unmapped } = inScope(scope, item.key, () => routes.of([item.from, ...item.to]));
    const chatDay = toChatDay(item.sentAt);
    if (Array.isArray(to)) lines.add(`${to.join()}\t${chatDay}\t`, json);
    for (const line of toIndexLines({ ...item, chatDay, file }, to)) index.add(line);
    tally.items += 1;
    if (Array.isArray(to)) tally.deliveries += to.length;
    else tally[to === "unmapped" ? "unmappedItems" : "outOfScopeItems"] += 1;
    for (const one of unmapped) itemsOfUnmapped.set(one, (itemsOfUnmapped.get(one) ?? 0) + 1);
  }
  const byPerson = Object.fromEntries([...itemsOfUnmapped].sort(([a], [b]) => a - b));
  const counts = { ...tally, itemsOfUnmapped: byPerson };
  return { lines: lines.takeGzip(), index: index.takeGzip(), counts };
}

/** What of an item's route is in the scope. Whom nobody has mapped is said of every item that the scope has. */
function inScope(
  { hasItem, hasMailbox }: Pick<ScopeFilter, "hasItem" | "hasMailbox">,
  key: ImportKey,
  route: () => Route,
): { readonly to: IndexTarget; readonly unmapped: Iterable<number> } {
  if (!hasItem(key)) return { to: "out-of-scope", unmapped: [] };
  const { mailboxes, unmapped } = route();
  if (mailboxes.length === 0) return { to: "unmapped", unmapped };
  const wanted = mailboxes.filter(hasMailbox);
  return { to: wanted.length === 0 ? "out-of-scope" : wanted, unmapped };
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
