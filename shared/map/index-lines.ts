import {
  type ChatDay,
  chatDay as chatDaySchema,
  type FileId,
  type ImportKey,
  importKey,
  type MailboxId,
  mailboxId,
} from "../chat/identifiers.ts";

/**
 * Whose an item is: mailboxes, each once; `unmapped` when nobody of its people has one; `out-of-scope` when the generation
 * has a scope and whoever gets the item is not in it.
 */
export type IndexTarget = MailboxId[] | "unmapped" | "out-of-scope";

/** An item and its place in its chat file. */
export interface IndexedPlace {
  readonly key: ImportKey;
  readonly chatDay: ChatDay;
  readonly file: FileId;
  readonly position: number;
}

/**
 * An item's lines of `reports/index`: `key,chatDay,file:position,mailbox`, one for each mailbox, or one `unmapped` or
 * `out-of-scope`. No words, no people. Every item of a chunk has a line, so that none can be missing unnoticed.
 */
export function toIndexLines({ key, chatDay, file, position }: IndexedPlace, to: IndexTarget): string[] {
  const start = `${key},${chatDay},${file}:${position},`;
  return Array.isArray(to) ? to.map((mailbox) => start + mailbox) : [start + to];
}

/** What the lines of one index blob stand for. */
export interface IndexCount {
  /** Different items: they lie behind one another. */
  readonly items: number;
  /** Item x mailbox. */
  readonly deliveries: number;
  /** Items that no mailbox gets. */
  readonly unmapped: number;
  /** Items that this generation leaves alone. */
  readonly outOfScope: number;
}

/** Counts the lines of an index blob: what was promised to whom, independent of the work lists. */
export async function countIndex(lines: AsyncIterable<string>): Promise<IndexCount> {
  const count = { items: 0, deliveries: 0, unmapped: 0, outOfScope: 0 };
  let last = "";
  for await (const line of lines) {
    const { item, target } = cut(line);
    if (item !== last) count.items += 1;
    last = item;
    if (target === "unmapped") count.unmapped += 1;
    else if (target === "out-of-scope") count.outOfScope += 1;
    else count.deliveries += 1;
  }
  return count;
}

/** An item as an index blob has it. */
export interface IndexedItem {
  readonly key: ImportKey;
  readonly chatDay: ChatDay;
  /** `file:position`. */
  readonly source: string;
  readonly mailboxes: readonly MailboxId[];
}

/** The items of an index blob, in its order. @throws ZodError when a line is none */
export async function* listIndexed(lines: AsyncIterable<string>): AsyncGenerator<IndexedItem> {
  let last = "";
  let mailboxes: MailboxId[] = [];
  for await (const line of lines) {
    const { item, target } = cut(line);
    if (item !== last) {
      if (last !== "") yield toItem(last, mailboxes);
      [last, mailboxes] = [item, []];
    }
    if (target !== "unmapped" && target !== "out-of-scope") mailboxes.push(mailboxId.parse(target));
  }
  if (last !== "") yield toItem(last, mailboxes);
}

function cut(line: string): { item: string; target: string } {
  const comma = line.lastIndexOf(",");
  return { item: line.slice(0, comma), target: line.slice(comma + 1) };
}

function toItem(text: string, mailboxes: readonly MailboxId[]): IndexedItem {
  const [key, chatDay, source = ""] = text.split(",");
  return { key: importKey.parse(key), chatDay: chatDaySchema.parse(chatDay), source, mailboxes };
}
