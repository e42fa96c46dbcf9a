import type { ExpectedItem } from "../../../local/sample/expected.ts";
import type { ExportedMessage } from "../../e2e/exported-mailboxes.ts";

/** A message of the sort that compareMailboxes must accept for an item, made by hand and not by the product. */
export function toMessageByHand(item: ExpectedItem, key: string, bytesOf: (name: string) => Buffer): ExportedMessage {
  const at = `${new Date(item.sentAt).toISOString().slice(0, 19)}Z`;
  const person = ({ names, address }: ExpectedItem["sender"]): { emailAddress: { name: string; address: string } } => ({
    emailAddress: { name: names[0] ?? "", address: address ?? "somebody@chat.invalid" },
  });
  return {
    id: `id-${key}`,
    subject: `ICE Chat: ${oneLine(item.room ?? "somebody")} - ${oneLine(item.text)}`.slice(0, 255),
    body: { contentType: "html", content: toBody(item) },
    from: person(item.sender),
    sender: person(item.sender),
    toRecipients: item.recipients.map(person),
    sentDateTime: at,
    receivedDateTime: at,
    isDraft: false,
    isRead: true,
    internetMessageId: `<${key}@chat.invalid>`,
    singleValueExtendedProperties: [
      { id: "String {24d338db-327c-454a-b467-b7339886963b} Name IceChatImportKey", value: key },
      { id: "String 0x1042", value: `<root.${item.conversationId}@chat.invalid>` },
    ],
    attachments: item.attachments
      .filter(({ isInline }) => isInline)
      .map(({ name }) => ({ name, contentBytes: bytesOf(name).toString("base64") })),
  };
}

function toBody({ text, conversationId, messageId, refersTo, attachments }: ExpectedItem): string {
  const ids = [conversationId, messageId, refersTo].filter((id) => id !== undefined).map(escapeAll);
  const files = attachments.map(({ name, sha256 }) => `<li>${escapeAll(oneLine(name))} ${sha256}</li>`);
  const words = escapeAll(text).replaceAll("\n", "<br>\n");
  return `<html><body>\n<p>${words}</p>\n<ul>${files.join("")}</ul><hr>\n${ids.join("<br>\n")}</body></html>`;
}

/** Every character that is no letter, digit, space or line end as a decimal reference. */
function escapeAll(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{M}\s]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
