import { folded } from "../chat/chat-item.ts";
import type { ConnectorName, Sha256Hex } from "../chat/identifiers.ts";
import { holdListFaultTexts, readHoldListFile, toHoldListCsv } from "../map/hold-list.ts";
import type { LineFile } from "../map/line-file.ts";
import { readMappingFile } from "../map/mapping.ts";
import { toMappingCsv } from "../map/mapping-csv.ts";
import { type MappingFault, type MappingFaultReason, mappingFaultTexts } from "../map/mapping-line.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";

/** A good line, and the address that it names, folded. */
export interface PeopleLine {
  readonly line: number;
  readonly mailbox: string;
}

/** A mapping or a hold list as it was read. */
export interface ReadPeopleFile {
  /** What each key stands for: the mailbox of an ImId, or the mailbox itself. */
  readonly mailboxes: ReadonlyMap<string, string>;
  /** The lines that today's file has not, or has with another mailbox. */
  listNewLines(today: Pick<ReadPeopleFile, "mailboxes"> | undefined): PeopleLine[];
  readonly sha256: Sha256Hex;
  readonly faults: readonly MappingFault[];
  /** How many there are in all; `faults` may be the first of them. */
  readonly faultCount: number;
  readonly warnings: readonly MappingFault[];
  readonly hasHeader: boolean;
  /** The good lines as a file of their own, which can be uploaded. */
  toCsv(): string;
}

/** A kind of file that says whose chats go where. */
export interface PeopleFileKind {
  /** For the audit and for file names. */
  readonly name: "mapping" | "hold-list";
  readonly faultTexts: Readonly<Record<MappingFaultReason, string>>;
  pathOf(connector: ConnectorName): BlobPath;
  read(bytes: Iterable<Uint8Array>): Promise<ReadPeopleFile>;
}

/** The admin's CSV, ImId to mailbox. */
export const mappingKind: PeopleFileKind = {
  name: "mapping",
  faultTexts: mappingFaultTexts,
  pathOf: paths.mapping,
  read: async (bytes) => toRead(await readMappingFile(bytes), toMappingCsv),
};

/** The mailboxes whose chats alone are imported. */
export const holdListKind: PeopleFileKind = {
  name: "hold-list",
  faultTexts: holdListFaultTexts,
  pathOf: paths.holdList,
  read: async (bytes) => toRead(await readHoldListFile(bytes), toHoldListCsv),
};

function toRead<Entry extends { readonly line: number; readonly mailbox: string }>(
  { entries, ...file }: LineFile<Entry>,
  write: (entries: Iterable<Entry>) => string,
): ReadPeopleFile {
  const mailboxes = new Map(Array.from(entries, ([key, { mailbox }]) => [key, folded(mailbox)]));
  const lines = Array.from(entries, ([key, { line, mailbox }]) => ({ key, line, mailbox: folded(mailbox) }));
  return {
    ...{ ...file, mailboxes, toCsv: () => write(entries.values()) },
    listNewLines: (today) =>
      lines
        .filter(({ key, mailbox }) => today?.mailboxes.get(key) !== mailbox)
        .map(({ line, mailbox }) => ({ line, mailbox })),
  };
}

/** A file as it is kept. */
export interface StoredPeopleFile {
  readonly file: ReadPeopleFile;
  readonly bytes: Buffer;
  readonly etag: string;
  /** ms since 1970, by storage's clock */
  readonly uploadedAt: number;
  /** As the audit names them. */
  readonly uploadedBy: string | undefined;
}

/** The file that is in use; undefined when there is none. */
export async function readPeopleFile(
  blobs: Pick<Blobs, "read">,
  kind: PeopleFileKind,
  connector: ConnectorName,
): Promise<StoredPeopleFile | undefined> {
  const stored = await blobs.read(kind.pathOf(connector));
  if (stored === undefined) return undefined;
  const { bytes, etag, modifiedAt, metadata } = stored;
  return { file: await kind.read([bytes]), bytes, etag, uploadedAt: modifiedAt, uploadedBy: metadata[uploadedBy] };
}

const uploadedBy = "uploadedby";

/**
 * Puts a file in the place of the one that was seen. Resolves to its ETag; to undefined when another is there by now.
 * @param seen ETag of the one to replace; undefined when there was none
 */
export async function writePeopleFile(
  blobs: Pick<Blobs, "create" | "replace" | "head">,
  path: BlobPath,
  bytes: Uint8Array,
  principal: string,
  seen: string | undefined,
): Promise<string | undefined> {
  const options = { contentType: "text/csv", metadata: { [uploadedBy]: principal } };
  if (seen !== undefined) return await blobs.replace(path, bytes, seen, options);
  const created = await blobs.create(path, bytes, options);
  return created === "different" ? undefined : (await blobs.head(path))?.etag;
}

/** How many lines a new file would add, change and take away. */
export interface FileChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

/** Compares the good lines of a new file with those of today's, if there is one. */
export function compareFiles(
  today: Pick<ReadPeopleFile, "mailboxes"> | undefined,
  next: Pick<ReadPeopleFile, "mailboxes">,
): FileChanges {
  const before = today?.mailboxes ?? new Map<string, string>();
  let [added, changed, unchanged] = [0, 0, 0];
  for (const [key, mailbox] of next.mailboxes) {
    const old = before.get(key);
    if (old === undefined) added += 1;
    else if (old === mailbox) unchanged += 1;
    else changed += 1;
  }
  return { added, changed, removed: before.size - changed - unchanged, unchanged };
}
