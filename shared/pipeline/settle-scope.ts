import type { DropScope, ReprocessScope } from "../chat/drop-scope.ts";
import { type FileId, fileId, type ImportKey, type MailboxId, mailboxParts } from "../chat/identifiers.ts";
import { listIndexed } from "../map/index-lines.ts";
import type { Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import type { DropState } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import type { FileState } from "./file-state.ts";

/** A scope that can be begun with, or why it cannot. */
export type SettledScope =
  | { readonly outcome: "settled"; readonly scope: DropScope }
  | { readonly outcome: "refused"; readonly reason: string };

type Reports = Pick<Blobs, "list" | "stream">;

/** Names in a scope: it lies in the drop's state, which is read with every message. */
const mostNames = 1000;

/**
 * Checks that a drop knows all that a scope names: a generation about nothing would close with nothing missing, and the
 * operator would take that for success. What is known of items and mailboxes is told by the earlier generations' reports.
 */
export async function settleScope(blobs: Blobs, drop: DropState, asked: ReprocessScope): Promise<SettledScope> {
  const names = asked.type === "items" ? asked.keys : asked.type === "files" ? asked.files : asked.mailboxes;
  if (names.length === 0) return refuse(`The scope names no ${asked.type}.`);
  if (names.length > mostNames) {
    return refuse(
      `The scope names ${names.length} ${asked.type}; ${mostNames} are the most. Reprocess the whole drop.`,
    );
  }
  switch (asked.type) {
    case "files":
      return await settleFiles(blobs, drop, sortedOnce(asked.files));
    case "mailboxes":
      return await settleMailboxes(blobs, drop, sortedOnce(asked.mailboxes));
    case "items":
      return await settleItems(blobs, drop, sortedOnce(asked.keys));
  }
}

function refuse(reason: string): SettledScope {
  return { outcome: "refused", reason };
}

/** So that the same wish gives the same state. */
function sortedOnce<T extends string>(names: readonly T[]): T[] {
  return [...new Set(names)].sort();
}

async function settleFiles(blobs: Blobs, drop: DropState, files: FileId[]): Promise<SettledScope> {
  const listed = await readFiles(blobs, drop);
  for (const id of files) {
    const found = findListed(listed, id);
    if (found === undefined) return refuse(`Drop ${drop.id} has no file ${id}.`);
    const hindrance = await whyNothingComesOf(blobs, found);
    if (hindrance !== undefined) return refuse(`Of file ${id} nothing can be imported. ${hindrance}`);
  }
  return { outcome: "settled", scope: { type: "files", files } };
}

function findListed(listed: readonly FileState[], id: FileId): FileState | undefined {
  return listed.find((file) => file.id === id || file.dropFiles.some((one) => one.id === id));
}

async function whyNothingComesOf(blobs: Pick<Blobs, "head">, file: FileState): Promise<string | undefined> {
  if (file.state === "duplicate") return file.reason?.message ?? "The same content came before.";
  if (file.state === "rejected" && (await blobs.head(file.evidence)) === undefined) {
    return "It was put aside, and there is no evidence of it to read again.";
  }
  return undefined;
}

async function settleMailboxes(blobs: Reports, drop: DropState, mailboxes: MailboxId[]): Promise<SettledScope> {
  for (const mailbox of mailboxes) {
    if (await isInReports(blobs, drop, mailbox)) continue;
    return refuse(
      `No generation of drop ${drop.id} has sent anything to mailbox ${mailbox}. If a mended mapping names it now, reprocess the whole drop: what is in other mailboxes is skipped.`,
    );
  }
  return { outcome: "settled", scope: { type: "mailboxes", mailboxes } };
}

/** Under any epoch: a mailbox that was made anew stands in the reports as the old one. */
async function isInReports(blobs: Reports, { id, gen }: DropState, mailbox: MailboxId): Promise<boolean> {
  for (let g = gen; g >= 1; g -= 1) {
    for await (const _ of blobs.list(`${paths.results(id, g)}${mailboxParts(mailbox).oid}.`)) return true;
  }
  return false;
}

/** Of an item every chat file that it came in is taken up: its recipients can be others in each. */
async function settleItems(blobs: Blobs, drop: DropState, keys: ImportKey[]): Promise<SettledScope> {
  const filesOf = await findItems(blobs, drop, new Set(keys));
  const listed = await readFiles(blobs, drop);
  const files = new Set<FileId>();
  for (const key of keys) {
    const places = filesOf.get(key);
    if (places === undefined) return refuse(`No report of drop ${drop.id} knows an item ${key}.`);
    const known = [...places].filter((id) => findListed(listed, id) !== undefined);
    if (known.length === 0) {
      return refuse(`The file of item ${key} has been put aside since. Mend its cause and reprocess the whole drop.`);
    }
    for (const id of known) files.add(id);
  }
  return { outcome: "settled", scope: { type: "items", keys, files: [...files].sort() } };
}

async function findItems(
  blobs: Reports,
  drop: DropState,
  keys: ReadonlySet<ImportKey>,
): Promise<ReadonlyMap<ImportKey, ReadonlySet<FileId>>> {
  const filesOf = new Map<ImportKey, Set<FileId>>();
  for (let gen = drop.gen; gen >= 1; gen -= 1) {
    const prefix = paths.indexOf(drop.id, gen);
    const chunks = mapAhead(blobs.list(prefix), 8, async ({ path }) => {
      const file = fileId.parse(path.slice(prefix.length).split("/")[0]);
      return { file, found: await findInChunk(blobs, path, keys) };
    });
    for await (const { file, found } of chunks) {
      for (const key of found) filesOf.set(key, (filesOf.get(key) ?? new Set()).add(file));
    }
  }
  return filesOf;
}

async function findInChunk(
  blobs: Reports,
  path: `${string}/${string}`,
  keys: ReadonlySet<ImportKey>,
): Promise<ImportKey[]> {
  const bytes = await blobs.stream(path);
  if (bytes === undefined) return [];
  const found: ImportKey[] = [];
  for await (const { key } of listIndexed(readLines(bytes))) if (keys.has(key)) found.push(key);
  return found;
}
