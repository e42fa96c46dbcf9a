import type { BlobPath } from "../../../shared/store/blobs.ts";
import { attachmentOf, chatLineOf, type ImportWorld, ids, type Line, sentAt } from "../../support/import-world.ts";

const day = 86_400_000;
const small = Buffer.from("a small file");
const large = attachmentOf("large.pdf", Buffer.alloc(3_000_000, 1));

/** Two chat days: plain items, files that fit and do not, one item twice, one that Graph will not have. */
export const aDay: readonly Line[] = [
  { item: chatLineOf("yesterday", { position: 0, sentAt: sentAt - day, isHistory: true }) },
  { item: chatLineOf("one", { position: 1 }) },
  { item: chatLineOf("two", { position: 2, kind: "file", attachments: [attachmentOf("small.txt", small)] }) },
  { item: chatLineOf("three", { position: 3, attachments: [large] }) },
  { item: chatLineOf("refused", { position: 4 }) },
  { item: chatLineOf("one", { position: 0, from: 1, to: [0] }), file: ids.otherFile },
  { item: chatLineOf("four", { position: 5, kind: "edit", refersTo: "m-1" }) },
  { item: chatLineOf("refused", { position: 6 }) },
  { item: chatLineOf("five", { position: 7 }) },
];

/** Words of the items that must be in the mailbox, once each. */
export const expected = ["yesterday", "one", "two", "three", "four", "five"];

/** Puts the day into a world. */
export async function beginDay(world: ImportWorld): Promise<void> {
  const { content } = attachmentOf("small.txt", small);
  await world.blobs.create(content.blob satisfies BlobPath, small);
  world.mailbox.mishapOf = (_, item) =>
    item.key === chatLineOf("refused").key
      ? { stores: false, outcome: { type: "refused", reason: "refused:400:ErrorInvalidRecipients", becauseOf: [] } }
      : undefined;
  await world.begin(aDay);
}
