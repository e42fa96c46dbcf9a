import * as z from "zod";
import { chatDay, mailboxId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import type { DropState } from "./drop-state.ts";

/** `work/{drop}/{gen}/part-{p}.json`: which mailboxes of a partition get how many items. */
export const part = z.object({
  p: z.number().int().nonnegative(),
  P: z.number().int().positive(),
  mailboxes: z.record(mailboxId, z.object({ items: z.number().int().positive(), chatDays: z.array(chatDay) })),
});
/** Which mailboxes of a partition get how many items. */
export type Part = z.infer<typeof part>;

/** The parts of a drop's generation that are there. */
export async function* listParts(blobs: Blobs, drop: DropState): AsyncIterable<Part> {
  for (let p = 0; p < (drop.partitions ?? 0); p += 1) {
    const found = await readDocument(blobs, paths.part(drop.id, drop.gen, p), part);
    if (found !== undefined) yield found.value;
  }
}

/** How many partitions are gathered. */
export async function countParts(blobs: Blobs, drop: DropState): Promise<number> {
  let parts = 0;
  for await (const _ of blobs.list(paths.parts(drop.id, drop.gen))) parts += 1;
  return parts;
}

/** How many mailboxes the drop's generation has, and how many of them have their result. */
export async function countResults(blobs: Blobs, drop: DropState): Promise<{ mailboxes: number; finished: number }> {
  let [mailboxes, finished] = [0, 0];
  for await (const { mailboxes: of } of listParts(blobs, drop)) mailboxes += Object.keys(of).length;
  for await (const _ of blobs.list(paths.results(drop.id, drop.gen))) finished += 1;
  return { mailboxes, finished };
}
