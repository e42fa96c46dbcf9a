import { join } from "node:path";
import { z } from "zod";
import type { JsonObject } from "../stand-ins/json.ts";
import { parseJsonObject } from "../stand-ins/json.ts";
import type { Journal, MessagePlace } from "./journal.ts";
import { createMemoryJournal, openFileJournal } from "./journal.ts";
import type { Folder, Item, Mailbox } from "./mailbox.ts";
import { createMailbox } from "./mailbox.ts";
import type { ItemFacts, StoredMessage } from "./stored-message.ts";

/** All mailboxes. A change is in the journal before it is in memory, and in both before it is answered. */
export interface MailStore {
  /** The user's mailbox, which comes into being when it is first asked for. */
  mailbox(userId: string): Mailbox;
  /** The mailboxes that were asked for so far. */
  list(): readonly Mailbox[];
  addFolder(mailbox: Mailbox, displayName: string, parent: number, createdAt: number): Folder;
  moveFolder(mailbox: Mailbox, folder: Folder, parent: number): void;
  /** Removes a folder with all that is in and below it. */
  removeFolder(mailbox: Mailbox, folder: Folder): void;
  addItem(mailbox: Mailbox, folder: number, message: StoredMessage, facts: ItemFacts): Item;
  moveItem(mailbox: Mailbox, item: Item, folder: number): void;
  removeItem(mailbox: Mailbox, item: Item): void;
  /** Deletes the mailbox and makes an empty one with new ids for the same user. */
  recreate(userId: string): void;
  read(item: Item): JsonObject;
  close(): void;
}

const entrySchema = z.discriminatedUnion("op", [
  z.object({ op: z.literal("mailbox"), user: z.string(), incarnation: z.int() }),
  z.object({
    op: z.literal("folder"),
    user: z.string(),
    number: z.int(),
    name: z.string(),
    parent: z.int(),
    at: z.number(),
  }),
  z.object({ op: z.literal("folder-gone"), user: z.string(), number: z.int() }),
  z.object({
    op: z.literal("item"),
    user: z.string(),
    number: z.int(),
    folder: z.int(),
    received: z.number(),
    at: z.number(),
    mid: z.string(),
    props: z.array(z.tuple([z.string(), z.string()])),
  }),
  z.object({ op: z.literal("move"), user: z.string(), number: z.int(), folder: z.int() }),
  z.object({
    op: z.literal("gone"),
    user: z.string(),
    number: z.int(),
    mid: z.string(),
    props: z.array(z.tuple([z.string(), z.string()])),
  }),
]);

type Entry = z.output<typeof entrySchema>;

/**
 * Opens the mailboxes: in memory, or with a folder in which they outlive the process.
 *
 * @throws ZodError or SyntaxError when the folder's journal was damaged by someone
 */
export async function openMailStore(stateDir: string | undefined): Promise<MailStore> {
  const mailboxes = new Map<string, Mailbox>();
  if (stateDir === undefined) return toStore(mailboxes, createMemoryJournal());
  const journal = await openFileJournal(join(stateDir, "mailboxes.journal"), (entry, place) =>
    apply(mailboxes, entrySchema.parse(entry), place),
  );
  return toStore(mailboxes, journal);
}

function toStore(mailboxes: Map<string, Mailbox>, journal: Journal): MailStore {
  function record(entry: Entry, message?: string): void {
    apply(mailboxes, entry, journal.append(entry, message));
  }
  const read = (item: Item): JsonObject => parseJsonObject(journal.read(item.place));
  const store: MailStore = {
    mailbox: (userId) => mailboxOf(mailboxes, userId),
    list: () => [...mailboxes.values()],
    addFolder(mailbox, name, parent, at) {
      const number = mailbox.nextFolder();
      record({ op: "folder", user: mailbox.userId, number, name, parent, at });
      return known(mailbox.folder(number));
    },
    moveFolder({ userId: user }, { number, displayName: name, createdAt: at }, parent) {
      record({ op: "folder", user, number, name, parent, at });
    },
    removeFolder(mailbox, folder) {
      for (const child of mailbox.children(folder.number)) store.removeFolder(mailbox, child);
      for (const item of mailbox.items(folder.number)) store.removeItem(mailbox, item);
      record({ op: "folder-gone", user: mailbox.userId, number: folder.number });
    },
    addItem(mailbox, folder, message, facts) {
      const number = mailbox.nextItem();
      const where = { user: mailbox.userId, number, folder };
      const times = { received: facts.receivedAt, at: facts.createdAt };
      record({ op: "item", ...where, ...times, ...toKeys(facts) }, JSON.stringify(message));
      return known(mailbox.item(number));
    },
    moveItem: ({ userId: user }, { number }, folder) => record({ op: "move", user, number, folder }),
    removeItem({ userId: user }, item) {
      record({ op: "gone", user, number: item.number, ...toKeys(toFacts(read(item), item)) });
    },
    recreate(user) {
      record({ op: "mailbox", user, incarnation: mailboxOf(mailboxes, user).incarnation + 1 });
    },
    read,
    close: () => journal.close(),
  };
  return store;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("what was just put into a mailbox is not in it");
  return value;
}

function toKeys({ internetMessageId, properties }: ItemFacts): { mid: string; props: [string, string][] } {
  return { mid: internetMessageId, props: properties.map(([id, value]) => [id, value]) };
}

const storedKeys = z.object({
  internetMessageId: z.string(),
  singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })),
});

function toFacts(message: JsonObject, { receivedAt, createdAt }: Item): ItemFacts {
  const { internetMessageId, singleValueExtendedProperties } = storedKeys.parse(message);
  const properties = singleValueExtendedProperties.map(({ id, value }) => [id, value] as const);
  return { receivedAt, createdAt, internetMessageId, properties };
}

function mailboxOf(mailboxes: Map<string, Mailbox>, userId: string): Mailbox {
  const found = mailboxes.get(userId) ?? createMailbox(userId, 1);
  mailboxes.set(userId, found);
  return found;
}

function apply(mailboxes: Map<string, Mailbox>, entry: Entry, place: MessagePlace): void {
  const { user } = entry;
  const mailbox = mailboxOf(mailboxes, user);
  switch (entry.op) {
    case "mailbox":
      mailboxes.set(user, createMailbox(user, entry.incarnation));
      return;
    case "folder":
      mailbox.putFolder(toFolder(entry));
      return;
    case "folder-gone":
      mailbox.removeFolder(entry.number);
      return;
    case "item":
      mailbox.putItem(toItem(entry, place), toEntryFacts(entry));
      return;
    case "move":
      mailbox.moveItem(entry.number, entry.folder);
      return;
    case "gone":
      mailbox.removeItem(entry.number, toEntryFacts({ ...entry, received: 0, at: 0 }));
      return;
  }
}

function toFolder({ number, name, parent, at }: Entry & { op: "folder" }): Folder {
  return { number, displayName: name, parent, createdAt: at };
}

function toItem({ number, folder, received, at }: Entry & { op: "item" }, place: MessagePlace): Item {
  return { number, folder, receivedAt: received, createdAt: at, place };
}

function toEntryFacts(entry: Pick<Entry & { op: "item" }, "received" | "at" | "mid" | "props">): ItemFacts {
  return {
    receivedAt: entry.received,
    createdAt: entry.at,
    internetMessageId: entry.mid,
    properties: entry.props,
  };
}
