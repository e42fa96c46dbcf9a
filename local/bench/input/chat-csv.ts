import { type ChatDay, type ChatMessage, listByTime, toAddress, toLogin } from "./chat-day.ts";

const columns = [
  "ConversationId",
  "MessageId",
  "Timestamp",
  "ImId",
  "SenderEmail",
  "SenderName",
  "RecipientEmail",
  "RecipientImId",
  "Text",
];

/** The day as `flat-csv` in order of time. */
export function* toCsv(day: ChatDay): Generator<string> {
  yield `${columns.join(",")}\r\n`;
  for (const message of listByTime(day)) yield `${toFields(message).join(",")}\r\n`;
}

function toFields({ conversation, number, at, from, to, text }: ChatMessage): string[] {
  return [
    `room-${conversation}`,
    `${conversation}-${number}`,
    new Date(at).toISOString(),
    toLogin(from),
    toAddress(from),
    `Trader ${from}`,
    to.map(toAddress).join(";"),
    to.map(toLogin).join(";"),
    `"${text.replaceAll('"', '""')}"`,
  ];
}
