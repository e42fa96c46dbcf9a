import type { ScopeFilter } from "../chat/drop-scope.ts";
import { type DropId, type FileId, fileId } from "../chat/identifiers.ts";
import { type IndexedItem, listIndexed } from "../map/index-lines.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { type Delivery, Suspects, toUser } from "./suspects.ts";

/** A generation whose index is held against those before it. */
export interface JudgedGeneration {
  readonly drop: DropId;
  readonly gen: number;
  readonly scope: ScopeFilter;
}

interface Judging extends JudgedGeneration {
  readonly blobs: Pick<Blobs, "list" | "read">;
  /** Chat files that the generation opened. */
  readonly opened: ReadonlySet<FileId>;
}

/**
 * Lists what earlier generations of a drop meant for a mailbox and this one does not: each item and mailbox once, with the
 * newest generation that names it; what is of one mailbox and chat day lies together, within each pass. Items that the
 * scope leaves alone are not judged, nor are those that have also come in a file which this generation did not open: what
 * its mapping says of them is not known.
 *
 * Chunk is held against the chunk of the same number, which clears all but what has changed. What has is then looked for
 * by its key in the whole of this generation's index; so it does no harm when another version has cut a file into other
 * chunks, or read it otherwise. Of more than `heldAtOnce` suspects, several passes are made.
 */
export async function* listNoLongerNamed(
  blobs: Judging["blobs"],
  generation: JudgedGeneration,
  heldAtOnce: number,
): AsyncGenerator<Delivery> {
  const { drop, gen } = generation;
  const judging: Judging = { ...generation, blobs, opened: await readOpened(blobs, drop, gen) };
  const first = new Suspects(0, 1, heldAtOnce);
  await collect(judging, first);
  const passes = Math.ceil(first.seen / heldAtOnce);
  for (let pass = 0; pass < passes; pass += 1) {
    const suspects = passes === 1 ? first : new Suspects(pass, passes);
    if (suspects !== first) await collect(judging, suspects);
    await clear(judging, suspects);
    yield* suspects.listLeft();
  }
}

async function readOpened(blobs: Judging["blobs"], drop: DropId, gen: number): Promise<ReadonlySet<FileId>> {
  const files = new Set<FileId>();
  for await (const { path } of blobs.list(paths.indexOf(drop, gen))) files.add(fileOf(path));
  return files;
}

/** `reports/index/{drop}/{gen}/{file}/{chunk}.gz` */
function fileOf(path: BlobPath): FileId {
  return fileId.parse(path.split("/")[4]);
}

async function collect(judging: Judging, suspects: Suspects): Promise<void> {
  const { gen, scope } = judging;
  // The newest first, because the first that comes is held.
  for (let generation = gen - 1; generation >= 1; generation -= 1) {
    for await (const { key, chatDay, source, mailboxes } of listChanged(judging, generation)) {
      if (!scope.hasItem(key)) continue;
      const ours = mailboxes.filter((mailbox) => scope.hasMailbox(mailbox));
      for (const mailbox of ours) suspects.add({ key, chatDay, source, mailbox, generation });
    }
  }
}

/** The items of an earlier generation's opened files, with the mailboxes that the same chunk does not name now. */
async function* listChanged({ blobs, drop, gen, opened }: Judging, earlier: number): AsyncGenerator<IndexedItem> {
  const prefix = paths.indexOf(drop, earlier);
  const pairs = mapAhead(blobs.list(prefix), 4, async ({ path }) => {
    if (!opened.has(fileOf(path))) return undefined;
    const same: BlobPath = `${paths.indexOf(drop, gen)}${path.slice(prefix.length)}`;
    return await Promise.all([blobs.read(path), blobs.read(same)]);
  });
  for await (const [before, now] of filled(pairs)) {
    // Where nothing has changed, which is the rule, nothing is unpacked. What retention has taken is not judged.
    if (before === undefined || now?.bytes.equals(before.bytes) === true) continue;
    yield* listUnnamed(before.bytes, now?.bytes);
  }
}

async function* filled<T>(source: AsyncIterable<T | undefined>): AsyncGenerator<T> {
  for await (const one of source) if (one !== undefined) yield one;
}

/** A chunk's items with the mailboxes that it does not name now; where the two differ in their items, with all of them. */
async function* listUnnamed(before: Buffer, now: Buffer | undefined): AsyncGenerator<IndexedItem> {
  const others = now === undefined ? undefined : listIndexed(readLines(only(now)));
  for await (const item of listIndexed(readLines(only(before)))) {
    const other: IndexedItem | undefined = (await others?.next())?.value;
    const named = new Set(other?.key === item.key ? other.mailboxes.map(toUser) : []);
    const mailboxes = item.mailboxes.filter((mailbox) => !named.has(toUser(mailbox)));
    if (mailboxes.length > 0) yield { ...item, mailboxes };
  }
  await others?.return(undefined);
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function clear(judging: Judging, suspects: Suspects): Promise<void> {
  if (suspects.isEmpty) return;
  const { gen, opened } = judging;
  for await (const item of listItems(judging, gen, () => true)) suspects.judge(item);
  for (let generation = gen - 1; generation >= 1; generation -= 1) {
    for await (const item of listItems(judging, generation, (file) => !opened.has(file))) suspects.leave(item);
  }
}

async function* listItems(
  { blobs, drop }: Judging,
  gen: number,
  isWanted: (file: FileId) => boolean,
): AsyncGenerator<IndexedItem> {
  const chunks = mapAhead(blobs.list(paths.indexOf(drop, gen)), 4, async ({ path }) =>
    isWanted(fileOf(path)) ? await blobs.read(path) : undefined,
  );
  for await (const { bytes } of filled(chunks)) yield* listIndexed(readLines(only(bytes)));
}
