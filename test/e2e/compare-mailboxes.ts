import type { ExpectedItem } from "../../local/sample/expected.ts";
import { importKeyOf, inReplyToOf } from "./compare-item.ts";
import { type ExportedMailboxes, type ExportedMessage, exportedMailboxes } from "./exported-mailboxes.ts";
import { type Pair, pairItems } from "./pair-items.ts";

/** Where items belong. */
export const chatFolder = "ICE Chat";

/** The items that must be in each mailbox, by directory user id: `Expected.mailboxes()`. */
export type ExpectedMailboxes = ReadonlyMap<string, readonly ExpectedItem[]>;

/**
 * Compares mailboxes with what must be in them, item by item and field by field: nothing missing, nothing extra,
 * nothing in other folders or in mailboxes of people who are not concerned.
 *
 * @param exported what `npm start -- --export FILE` wrote, parsed as JSON
 * @returns a line for each difference; none when all is well
 * @throws ZodError when `exported` is no such export
 */
export function compareMailboxes(expected: ExpectedMailboxes, exported: ExportedMailboxes): string[] {
  const mailboxes = exportedMailboxes.parse(exported);
  const threads = new Map<string, string>();
  const users = new Set([...expected.keys(), ...Object.keys(mailboxes)]);
  const differences = [...users].flatMap((user) => {
    const folders = mailboxes[user] ?? {};
    return compareMailbox(user, expected.get(user) ?? [], folders, threads);
  });
  return [...differences, ...compareThreads(threads)];
}

/**
 * Compares one mailbox; for samples too big to hold whole.
 *
 * @param folders the user's messages by folder
 * @param threads gathers each conversation's In-Reply-To over all mailboxes
 */
export function compareMailbox(
  user: string,
  items: readonly ExpectedItem[],
  folders: Readonly<Record<string, readonly ExportedMessage[]>>,
  threads: Map<string, string> = new Map(),
): string[] {
  const messages = folders[chatFolder] ?? [];
  const { pairs, missing, extra } = pairItems(items, messages);
  return [
    ...compareFolders(folders),
    ...missing.map((item) => `missing: ${describeItem(item)}`),
    ...extra.map((message) => `extra: ${describeMessage(message)}`),
    ...pairs.flatMap(describePair),
    ...compareUnique("internetMessageId", messages, ({ internetMessageId }) => internetMessageId ?? undefined),
    ...compareUnique("IceChatImportKey", messages, importKeyOf),
    ...pairs.flatMap((pair) => compareThread(pair, threads)),
  ].map((difference) => `mailbox ${user}: ${difference}`);
}

function compareFolders(folders: Readonly<Record<string, readonly ExportedMessage[]>>): string[] {
  return Object.entries(folders)
    .filter(([name, messages]) => name !== chatFolder && messages.length > 0)
    .map(([name, { length }]) => `folder "${name}" holds ${length} messages, where only "${chatFolder}" may hold any`);
}

function compareUnique(
  what: string,
  messages: readonly ExportedMessage[],
  read: (message: ExportedMessage) => string | undefined,
): string[] {
  const groups = Map.groupBy(messages, read);
  return [...groups].flatMap(([value, { length }]) => {
    if (value === undefined || value === "") return [`${what} is lacking in ${length} messages`];
    return length === 1 ? [] : [`${what} ${value} is in ${length} messages`];
  });
}

/** All items of a conversation refer to the same root, in every mailbox. */
function compareThread({ item, message }: Pair, threads: Map<string, string>): string[] {
  const root = inReplyToOf(message);
  if (root === undefined) return [`In-Reply-To is lacking: ${describeItem(item)}`];
  const known = threads.get(item.conversationId) ?? root;
  threads.set(item.conversationId, known);
  return known === root
    ? []
    : [`In-Reply-To is ${root}, but ${known} in others of the conversation: ${describeItem(item)}`];
}

/** Two conversations that share a root would be one thread in Outlook. */
function compareThreads(threads: ReadonlyMap<string, string>): string[] {
  const byRoot = Map.groupBy(threads.keys(), (conversation) => threads.get(conversation));
  return [...byRoot]
    .filter(([, conversations]) => conversations.length > 1)
    .map(([root, conversations]) => `In-Reply-To ${root} is shared by conversations ${conversations.join(", ")}`);
}

function describePair({ item, differences }: Pair): string[] {
  return differences.map(
    ({ field, expected, actual }) =>
      `${field} of ${describeItem(item)} is ${short(actual)} instead of ${short(expected)}`,
  );
}

function describeItem({ kind, sentAt, conversationId, sender, text }: ExpectedItem): string {
  const at = new Date(sentAt).toISOString();
  return `${kind} of ${at} in ${conversationId} from ${sender.address ?? sender.names[0]} ${short(text, 60)}`;
}

function describeMessage({ sentDateTime, from, subject }: ExportedMessage): string {
  return `message of ${sentDateTime} from ${from?.emailAddress.address} ${short(subject ?? "", 100)}`;
}

function short(text: string, length = 400): string {
  return JSON.stringify(text.length > length ? `${text.slice(0, length)}...` : text);
}
