import { createHash } from "node:crypto";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { draftItem, type EmailItem, type ItemContext, type ItemDraft, toEmailItem } from "./email-item.ts";
import type { WorkEntry } from "./work-list.ts";

/** An item ready to be sent, or why there will be none. */
export type Built =
  | { readonly item: EmailItem }
  | { readonly failure: "attachment-gone" | "attachment-altered" | "too-large" };

/** Makes a work line's item. A failure is reported and tried again by a later generation; nothing goes without its file in silence. */
export async function buildItem(
  blobs: Pick<Blobs, "read">,
  context: ItemContext,
  { work }: Pick<WorkEntry, "work">,
): Promise<Built> {
  const draft = draftItem(work, context);
  const bytes = await readAttachments(blobs, draft);
  if (typeof bytes === "string") return { failure: bytes };
  const item = toEmailItem(draft, bytes);
  return item === "too-large" ? { failure: item } : { item };
}

/** What outcome an item has that is in the mailbox already: by the same rules, without reading its files. */
export function outcomeWhenThere(context: ItemContext, { work }: Pick<WorkEntry, "work">): "imported" | "partial" {
  const item = toEmailItem(draftItem(work, context), []);
  return item === "too-large" ? "partial" : item.outcome;
}

async function readAttachments(
  blobs: Pick<Blobs, "read">,
  draft: ItemDraft,
): Promise<Buffer[] | "attachment-gone" | "attachment-altered"> {
  const read: Buffer[] = [];
  for (const planned of draft.attachments) {
    if (!planned.isInline) continue;
    const found = isBlobPath(planned.blob) ? await blobs.read(planned.blob) : undefined;
    if (found === undefined) return "attachment-gone";
    const sha256 = createHash("sha256").update(found.bytes).digest("hex");
    if (sha256 !== planned.sha256) return "attachment-altered";
    read.push(found.bytes);
  }
  return read;
}

function isBlobPath(path: string): path is BlobPath {
  return path.includes("/");
}
