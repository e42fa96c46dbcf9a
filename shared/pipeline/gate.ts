import { toScopeFilter } from "../chat/drop-scope.ts";
import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { type DropState, dropState, hasReached, itemsOfAll } from "./drop-state.ts";
import { type FileState, isTerminal, itemsOf } from "./file-state.ts";

/** What a drop would be once its files are counted; undefined while one of them is not terminal. */
export function toCounted(drop: DropState, files: readonly FileState[], now: number): DropState | undefined {
  if (drop.state !== "collecting" || drop.isResetting || !files.every(isTerminal)) return undefined;
  const chatFiles = listChatFiles(drop, files);
  const items = sumItems(chatFiles);
  const itemsBeside = files.reduce((sum, file) => sum + itemsOf(file), 0) - items;
  const beside = itemsBeside === 0 ? {} : { itemsBeside };
  return { ...drop, state: "counted", chatFiles, items, ...beside, movedAt: now };
}

/** The chat files that a generation deals with: those of the files verified so far that are in its scope. */
export function listChatFiles(
  { scope }: Pick<DropState, "scope">,
  files: readonly FileState[],
): DropState["chatFiles"] {
  const { hasFile } = toScopeFilter(scope);
  return files
    .filter(({ state }) => state === "verified")
    .flatMap((file) => file.dropFiles.map(({ id, items }) => ({ id, listed: file.id, items })))
    .filter(({ id, listed }) => hasFile(id, listed));
}

/** The items of some chat files. */
export function sumItems(chatFiles: DropState["chatFiles"]): number {
  return chatFiles.reduce((sum, { items }) => sum + items, 0);
}

/**
 * The gate: all or nothing. When the site day's items would exceed the limit nothing of this drop is released; a drop
 * that an admin let go, or that adds no item to those it was let through with before, passes. A scope changes nothing of
 * that: else one could let in file by file what is held as a whole.
 *
 * @param releasedBefore items of the site day's other drops that were let through
 */
export function toGated(drop: DropState, limit: number, releasedBefore: number, now: number): DropState {
  const siteDayItems = releasedBefore + itemsOfAll(drop);
  const isMore = itemsOfAll(drop) > (drop.admitted ?? 0);
  const isHeld = limit > 0 && siteDayItems > limit && isMore && drop.releasedBy === undefined;
  return { ...drop, state: isHeld ? "held" : "released", gate: { siteDayItems, limit }, movedAt: now };
}

/**
 * Items of a site day's other drops that were let through the gate, open or closed. An earlier drop that is being decided
 * at the same time counts as well: else two drops could each pass for the other's not being out yet.
 */
export async function countReleased(blobs: Blobs, drop: DropState): Promise<number> {
  const day = `${drop.connector}-${drop.siteDay}-` as const;
  const counted = new Map<DropId, number>();
  for (const prefix of [paths.closeds, paths.opens]) {
    for await (const entry of blobs.list(`${prefix}${day}`)) {
      const other = (await readDocument(blobs, entry.path, dropState))?.value;
      if (other?.connector !== drop.connector || other.siteDay !== drop.siteDay || other.id === drop.id) continue;
      const isBeforeUs = other.state === "counted" && other.seq < drop.seq;
      const isOut = isBeforeUs || hasReached(other.state, "released");
      counted.set(other.id, isOut ? itemsOfAll(other) : (other.admitted ?? 0));
    }
  }
  return [...counted.values()].reduce((sum, items) => sum + items, 0);
}
