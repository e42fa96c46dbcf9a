import type { DropId, FileId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { BrokenState } from "./broken-state.ts";
import { connectorOf } from "./connector-book.ts";
import { readDrop } from "./drop-book.ts";
import { readFiles } from "./file-book.ts";
import type { DropFacts } from "./import-deps.ts";

/** What a drop's items have in common, from its connector and its files. */
export async function readDropFacts(blobs: Blobs, id: DropId): Promise<DropFacts> {
  const drop = await readDrop(blobs, id);
  if (drop === undefined) throw new BrokenState(`There is no record of drop ${id}.`);
  const { zone, item } = await connectorOf(blobs, drop.connector);
  const evidence = new Map<FileId, string>();
  for (const { dropFiles, evidence: path } of await readFiles(blobs, drop)) {
    for (const file of dropFiles) evidence.set(file.id, path);
  }
  return { feed: drop.feed, zone, ...item, evidenceOf: (file) => evidence.get(file) };
}
