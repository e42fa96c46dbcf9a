import type { DropId } from "../chat/identifiers.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { moveDrop, readDrop } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";
import { writeTickets } from "./tickets.ts";

/** What came of asking to release a drop. */
export type Released =
  | { readonly outcome: "released"; readonly drop: DropState }
  | { readonly outcome: "refused"; readonly reason: string };

/**
 * Lets a drop go that the gate held, whole: an admin has looked at the count and decided.
 * @param principal who decided, as the audit names them
 * @param seenItems the count that was decided by: of a drop with another one nothing is released. @default any
 */
export async function releaseDrop(
  deps: AdvanceDeps,
  id: DropId,
  principal: string,
  seenItems?: number,
): Promise<Released> {
  const movedAt = deps.clock.now();
  const released = await moveDrop(deps, id, (drop) =>
    drop.state === "held" && (seenItems ?? drop.items) === drop.items
      ? { ...drop, state: "released", releasedBy: principal, movedAt }
      : undefined,
  );
  if (released === undefined) {
    return { outcome: "refused", reason: toRefusal(await readDrop(deps.blobs, id)) };
  }
  deps.log.warn("drop.released-by-hand", { drop: id, gen: released.gen, items: released.items });
  await writeTickets(deps, released);
  return { outcome: "released", drop: (await advanceDrop(deps, id)) ?? released };
}

function toRefusal(drop: DropState | undefined): string {
  if (drop === undefined) return "There is no such drop.";
  if (drop.state !== "held") return `The drop is ${drop.state}, not held.`;
  return `The drop has ${drop.items} items by now, which is another number than was decided by.`;
}
