import type { IdCodec } from "./item-id.ts";
import { createIdCodec } from "./item-id.ts";
import type { MessagePlace } from "./journal.ts";
import type { LookUpIndex } from "./look-up-index.ts";
import { createLookUpIndex } from "./look-up-index.ts";
import type { ItemFacts } from "./stored-message.ts";

/** A folder. `parent` is undefined for the root only. */
export interface Folder {
  readonly number: number;
  readonly displayName: string;
  readonly parent: number | undefined;
  readonly createdAt: number;
  /** The name by which it can be named in a path, such as `inbox`. */
  readonly wellKnownName?: string;
}

/** An item: where it lies, and where its message lies. */
export interface Item {
  readonly number: number;
  readonly folder: number;
  readonly receivedAt: number;
  readonly createdAt: number;
  readonly place: MessagePlace;
}

/** One mailbox. It knows no journal: whoever changes it has written the change down before. */
export interface Mailbox {
  readonly userId: string;
  /** How often the mailbox was made: 1, and one more each time it was deleted and made anew. */
  readonly incarnation: number;
  readonly ids: IdCodec;
  readonly root: Folder;
  readonly deletedItems: Folder;
  folder(number: number): Folder | undefined;
  /** By id or well-known name. */
  findFolder(idOrName: string): Folder | undefined;
  children(parent: number): readonly Folder[];
  item(number: number): Item | undefined;
  /** Newest first by the time of receipt; the whole mailbox's without a folder. */
  items(folder?: number): readonly Item[];
  count(folder: number): number;
  byInternetMessageId(id: string): readonly Item[];
  /** Items with an indexed property whose value fits. */
  byProperty(canonicalId: string, value: string): readonly Item[];
  byPropertyWhere(canonicalId: string, fits: (lowerCaseValue: string) => boolean): readonly Item[];
  nextFolder(): number;
  nextItem(): number;
  putFolder(folder: Folder): void;
  removeFolder(number: number): void;
  putItem(item: Item, facts: ItemFacts): void;
  moveItem(number: number, folder: number): void;
  removeItem(number: number, facts: ItemFacts): void;
}

const WELL_KNOWN = [
  ["msgfolderroot", "Top of Information Store"],
  ["inbox", "Inbox"],
  ["drafts", "Drafts"],
  ["sentitems", "Sent Items"],
  ["deleteditems", "Deleted Items"],
  ["junkemail", "Junk Email"],
  ["outbox", "Outbox"],
  ["archive", "Archive"],
] as const;
const ROOT = 1;

/** Makes an empty mailbox with the folders that every mailbox has. */
export function createMailbox(userId: string, incarnation: number): Mailbox {
  const ids = createIdCodec(userId, incarnation);
  const folders = new Map<number, Folder>();
  const items = createItemTable();
  const index = createIndexes();
  let lastFolder: number = WELL_KNOWN.length;
  let lastItem = 0;
  WELL_KNOWN.forEach(([wellKnownName, displayName], place) => {
    const parent = place === 0 ? undefined : ROOT;
    folders.set(place + 1, { number: place + 1, displayName, parent, createdAt: 0, wellKnownName });
  });
  const toItems = (numbers: readonly number[]): Item[] => numbers.flatMap((number) => items.get(number) ?? []);
  return {
    userId,
    incarnation,
    ids,
    root: wellKnown(folders, "msgfolderroot"),
    deletedItems: wellKnown(folders, "deleteditems"),
    folder: (number) => folders.get(number),
    findFolder(idOrName) {
      const number = ids.parseFolderId(idOrName);
      if (number !== undefined) return folders.get(number);
      return [...folders.values()].find(({ wellKnownName }) => wellKnownName === idOrName.toLowerCase());
    },
    children: (parent) => [...folders.values()].filter((folder) => folder.parent === parent),
    item: (number) => items.get(number),
    items: (folder) => items.sorted(folder),
    count: (folder) => items.count(folder),
    byInternetMessageId: (id) => toItems(index.messageIds.get(id)),
    byProperty: (id, value) => toItems(index.properties.get(id)?.get(value) ?? []),
    byPropertyWhere(id, fits) {
      const values = index.properties.get(id);
      if (values === undefined) return [];
      return [...values.keys()].filter(fits).flatMap((value) => toItems(values.get(value)));
    },
    nextFolder: () => lastFolder + 1,
    nextItem: () => lastItem + 1,
    putFolder(folder) {
      folders.set(folder.number, folder);
      lastFolder = Math.max(lastFolder, folder.number);
    },
    removeFolder: (number) => void folders.delete(number),
    putItem(item, facts) {
      items.put(item);
      index.add(item.number, facts);
      lastItem = Math.max(lastItem, item.number);
    },
    moveItem(number, folder) {
      const item = items.get(number);
      if (item !== undefined) items.put({ ...item, folder });
    },
    removeItem(number, facts) {
      items.remove(number);
      index.remove(number, facts);
    },
  };
}

function wellKnown(folders: ReadonlyMap<number, Folder>, name: string): Folder {
  const folder = [...folders.values()].find(({ wellKnownName }) => wellKnownName === name);
  if (folder === undefined) throw new RangeError(`no well-known folder ${name}`);
  return folder;
}

interface ItemTable {
  get(number: number): Item | undefined;
  put(item: Item): void;
  remove(number: number): void;
  count(folder: number): number;
  sorted(folder: number | undefined): readonly Item[];
}

function createItemTable(): ItemTable {
  const byNumber = new Map<number, Item>();
  const byFolder = new Map<number, Set<number>>();
  // A listing is sorted when it is first asked for after a change: the pages of one read-back cost one sorting.
  const listings = new Map<number | undefined, readonly Item[]>();
  function forget(item: Item | undefined): void {
    if (item === undefined) return;
    byFolder.get(item.folder)?.delete(item.number);
    listings.delete(item.folder);
    listings.delete(undefined);
  }
  return {
    get: (number) => byNumber.get(number),
    put(item) {
      forget(byNumber.get(item.number));
      byNumber.set(item.number, item);
      const members = byFolder.get(item.folder);
      if (members === undefined) byFolder.set(item.folder, new Set([item.number]));
      else members.add(item.number);
      listings.delete(item.folder);
      listings.delete(undefined);
    },
    remove(number) {
      forget(byNumber.get(number));
      byNumber.delete(number);
    },
    count: (folder) => byFolder.get(folder)?.size ?? 0,
    sorted(folder) {
      const known = listings.get(folder);
      if (known !== undefined) return known;
      const members = folder === undefined ? byNumber.keys() : (byFolder.get(folder) ?? []);
      const listing = [...members].flatMap((number) => byNumber.get(number) ?? []).sort(newestFirst);
      listings.set(folder, listing);
      return listing;
    },
  };
}

/** The order in which Graph lists items unless asked otherwise. */
export function newestFirst(left: Item, right: Item): number {
  return right.receivedAt - left.receivedAt || right.number - left.number;
}

interface Indexes {
  readonly messageIds: LookUpIndex;
  readonly properties: Map<string, LookUpIndex>;
  add(item: number, facts: ItemFacts): void;
  remove(item: number, facts: ItemFacts): void;
}

function createIndexes(): Indexes {
  const messageIds = createLookUpIndex();
  const properties = new Map<string, LookUpIndex>();
  return {
    messageIds,
    properties,
    add(item, facts) {
      messageIds.add(facts.internetMessageId, item);
      for (const [id, value] of facts.properties) {
        const values = properties.get(id) ?? createLookUpIndex();
        properties.set(id, values);
        values.add(value, item);
      }
    },
    remove(item, facts) {
      messageIds.remove(facts.internetMessageId, item);
      for (const [id, value] of facts.properties) properties.get(id)?.remove(value, item);
    },
  };
}
