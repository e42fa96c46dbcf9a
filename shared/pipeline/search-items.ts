import { type FileId, fileId, type ImportKey, importKey, type MailboxId } from "../chat/identifiers.ts";
import { listIndexed } from "../map/index-lines.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import type { ClosedGenerations } from "./closed-generations.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { toUnreadable } from "./read-problem.ts";
import type { Gap, Sought } from "./search-drops.ts";

/** An item that was found. */
export interface FoundItem {
  readonly type: "item";
  readonly generation: number;
  readonly key: ImportKey;
  readonly chatDay: string;
  readonly file: FileId;
  readonly position: number;
  readonly mailboxes: readonly MailboxId[];
}

/**
 * Looks through a drop's index for an item by its import key: the newest generation first, and those before it as long as
 * each had only a part of the drop. The index stays when the plaintext goes.
 */
export async function seekItem(
  { blobs, closed }: { readonly blobs: Blobs; readonly closed: ClosedGenerations },
  drop: DropState,
  text: string,
): Promise<Sought<FoundItem>> {
  const key = importKey.parse(text);
  const gaps: Gap[] = hasReached(drop.state, "routed") ? [] : [{ what: "index", reason: "not-there-yet" }];
  let reads = 0;
  for (let gen = drop.gen; gen >= 1; gen -= 1) {
    const one = await seekInGeneration(blobs, drop, gen, key);
    reads += one.reads;
    gaps.push(...one.gaps);
    if (one.found.length > 0) return { found: one.found, gaps, reads };
    const scope = gen === drop.gen ? drop.scope : (await closed.read(drop.id, gen))?.summary?.scope;
    // A whole generation that has come as far as its index knows every item there is.
    if (scope === undefined && one.reads > 0 && gaps.length === 0) break;
  }
  return { found: [], gaps, reads };
}

async function seekInGeneration(
  blobs: Blobs,
  { id }: DropState,
  gen: number,
  key: ImportKey,
): Promise<Sought<FoundItem>> {
  const prefix = paths.indexOf(id, gen);
  const found: FoundItem[] = [];
  let [reads, isUnreadable] = [0, false];
  const chunks = mapAhead(blobs.list(prefix), 8, ({ path }) => seekInChunk(blobs, path, key));
  for await (const items of chunks) {
    reads += 1;
    if (items === undefined) isUnreadable = true;
    else found.push(...items.map((item) => ({ ...item, generation: gen })));
  }
  return { found, gaps: isUnreadable ? [{ what: "index", reason: "unreadable" }] : [], reads };
}

async function seekInChunk(
  blobs: Pick<Blobs, "stream">,
  path: BlobPath,
  key: ImportKey,
): Promise<Omit<FoundItem, "generation">[] | undefined> {
  try {
    const bytes = await blobs.stream(path);
    const found: Omit<FoundItem, "generation">[] = [];
    for await (const item of bytes === undefined ? [] : listIndexed(readLines(bytes))) {
      if (item.key !== key) continue;
      const [file, position] = item.source.split(":");
      const { chatDay, mailboxes } = item;
      found.push({ type: "item", key, chatDay, file: fileId.parse(file), position: Number(position), mailboxes });
    }
    return found;
  } catch (error) {
    if (toUnreadable(path, error) === undefined) throw error;
    return undefined;
  }
}
