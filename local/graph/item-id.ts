import { createHash } from "node:crypto";

/** What an item's id says: which item, and for an ordinary id, in which folder it has that id. */
export interface ItemReference {
  readonly item: number;
  /** Absent in an immutable id, which survives a move. */
  readonly folder?: number;
}

/** Makes and reads the ids of one mailbox. A mailbox made anew has other ids, its root folder's among them. */
export interface IdCodec {
  toFolderId(folder: number): string;
  toItemId(reference: ItemReference): string;
  parseFolderId(id: string): number | undefined;
  parseItemId(id: string): ItemReference | undefined;
}

// The first characters are those of real ids, of about their length, so that logs and ledgers have their real size.
const FOLDER = "AQMkADAwATM0MDAAMS0yMDBjLTQ1ZmItMDACLTAwCgAuAAAD";
const ITEM = "AAMkADAwATM0MDAAMS0yMDBjLTQ1ZmItMDACLTAwCgBGAAADgPwvE5bBBkGmX1k2lR0hKwcA";
const IMMUTABLE = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A";
const KEY_SIZE = 16;
const NUMBER_SIZE = 6;

/**
 * The ids of one mailbox. They are computed from its user, how often it was made anew and plain numbers, so that no
 * table of long ids has to be held in memory.
 */
export function createIdCodec(userId: string, incarnation: number): IdCodec {
  const key = createHash("sha256").update(`${userId.toLowerCase()}\n${incarnation}`).digest().subarray(0, KEY_SIZE);
  return {
    toFolderId: (folder) => encode(FOLDER, key, [folder]),
    toItemId: ({ item, folder }) =>
      folder === undefined ? encode(IMMUTABLE, key, [item]) : encode(ITEM, key, [folder, item]),
    parseFolderId: (id) => decode(FOLDER, key, id, 1)?.[0],
    parseItemId(id) {
      const [item] = decode(IMMUTABLE, key, id, 1) ?? [];
      if (item !== undefined) return { item };
      const [folder, moved] = decode(ITEM, key, id, 2) ?? [];
      return folder === undefined || moved === undefined ? undefined : { folder, item: moved };
    },
  };
}

function encode(prefix: string, key: Buffer, numbers: readonly number[]): string {
  const bytes = Buffer.alloc(KEY_SIZE + NUMBER_SIZE * numbers.length);
  key.copy(bytes);
  for (const [index, number] of numbers.entries()) {
    bytes.writeUIntBE(number, KEY_SIZE + NUMBER_SIZE * index, NUMBER_SIZE);
  }
  const text = bytes.toString("base64url");
  return prefix + text + "=".repeat((4 - (text.length % 4)) % 4);
}

function decode(prefix: string, key: Buffer, id: string, count: number): number[] | undefined {
  if (!id.startsWith(prefix)) return undefined;
  const bytes = Buffer.from(id.slice(prefix.length), "base64url");
  if (bytes.length !== KEY_SIZE + NUMBER_SIZE * count) return undefined;
  const numbers = Array.from({ length: count }, (_, index) =>
    bytes.readUIntBE(KEY_SIZE + NUMBER_SIZE * index, NUMBER_SIZE),
  );
  // Base64 has several spellings of the same bytes; only the one that was handed out is an id.
  return encode(prefix, key, numbers) === id ? numbers : undefined;
}
