import type { ChatLine, ItemKind } from "../chat/chat-item.ts";
import type { Correspondents } from "./correspondent.ts";
import { cutLine, toMailLine } from "./mail-text.ts";

/** Exchange takes 255 characters. */
export const subjectLimit = 255;
const whereLimit = 100;
const namedPeople = 3;

const prefixes: Readonly<Record<ItemKind, string>> = {
  message: "",
  edit: "Edited: ",
  delete: "Deleted: ",
  file: "File: ",
  disclaimer: "Disclaimer: ",
};

/** `ICE Chat: <room or people> - <start of text>`, at most 255 UTF-16 units. */
export function toSubject(item: ChatLine, people: Correspondents): string {
  const where = cutLine(toMailLine(item.room ?? "") || toNames(people), whereLimit);
  return cutLine(`ICE Chat: ${where} - ${prefixes[item.kind]}${toStart(item)}`, subjectLimit);
}

function toStart(item: ChatLine): string {
  // A line of the subject is at most 255 long, so the rest of a long text need not be looked at.
  const text = toMailLine(item.text.slice(0, 4 * subjectLimit));
  if (text !== "") return text;
  return toMailLine(item.attachments.map(({ name }) => name).join(", ")) || "(no text)";
}

function toNames({ sender, recipients }: Correspondents): string {
  const names = [sender, ...recipients].map(({ name }) => name);
  const more = names.length - namedPeople;
  return `${names.slice(0, namedPeople).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
