import type { Attachment } from "../chat/chat-item.ts";
import type { Sha256Hex } from "../chat/identifiers.ts";

/** Graph refuses an attachment of this many bytes in the request: "less than 3 MB", read strictly. */
export const attachmentLimitInBytes = 3_000_000;
/** Graph refuses a request of this many bytes (413): "4 MB", read strictly. */
export const requestLimitInBytes = 4_000_000;

/** Why an attachment is not in the item. */
export type LeftOut = "too-large" | "no-room" | "by-setting" | NonNullable<Attachment["missing"]> | "unknown";

/** What is to happen with each attachment of an item, in their order. */
export type Planned =
  | { readonly attachment: Attachment; readonly isInline: true; readonly blob: string; readonly sha256: Sha256Hex }
  | { readonly attachment: Attachment; readonly isInline: false; readonly because: LeftOut };

const perAttachmentInBytes = 1024;

/**
 * Decides by size which attachments go into the item, before any of them is read.
 * @param roomInBytes what the request has left for attachments, in base64.
 */
export function planAttachments(
  attachments: readonly Attachment[],
  { withAttachments, roomInBytes }: { readonly withAttachments: boolean; readonly roomInBytes: number },
): Planned[] {
  let left = roomInBytes;
  return attachments.map((attachment) => {
    const { content, missing } = attachment;
    if (content === undefined) return { attachment, isInline: false, because: missing ?? "unknown" };
    if (!withAttachments) return { attachment, isInline: false, because: "by-setting" };
    if (content.sizeInBytes >= attachmentLimitInBytes) return { attachment, isInline: false, because: "too-large" };
    const needed = toBase64Length(content.sizeInBytes) + 2 * attachment.name.length + perAttachmentInBytes;
    if (needed > left) return { attachment, isInline: false, because: "no-room" };
    left -= needed;
    return { attachment, isInline: true, blob: content.blob, sha256: content.sha256 };
  });
}

function toBase64Length(sizeInBytes: number): number {
  return Math.ceil(sizeInBytes / 3) * 4;
}
