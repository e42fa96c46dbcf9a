import type { Attachment } from "../chat/chat-item.ts";
import type { ParseContext } from "./profile.ts";

/** Decodes base64 strictly (RFC 4648 section 4; line breaks allowed); undefined when it is something else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[\r\n\t ]+/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, "base64");
}

/**
 * Keeps content that came inside a record. Content that is not base64 leaves the attachment out as `unreadable`,
 * because the message itself is sound and the evidence keeps the rest.
 */
export async function toInlineAttachment(
  name: string,
  content: string,
  context: Pick<ParseContext, "keepInline">,
): Promise<Attachment> {
  const shownName = name === "" ? "unnamed" : name;
  const bytes = decodeBase64(content);
  if (bytes === undefined) return { name: shownName, missing: "unreadable" };
  return { name: shownName, content: await context.keepInline(bytes) };
}
