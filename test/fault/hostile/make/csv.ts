import { word } from "../hostile-case.ts";
import { ann, bob, sentAt } from "./xml.ts";

/** The needed columns. */
export const header = "ConversationId,Timestamp,ImId,SenderEmail,RecipientEmail,Text";

/** One field, quoted. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A record from ann to bob. `text` and `time` stand in the file as they are. */
export function record(text = `${word} text`, time: number | string = sentAt, to = bob): string {
  return `${word} room,${time},ann,${ann},${to},${text}`;
}

/** A whole file of these records. */
export function csv(...records: readonly string[]): string {
  return [header, ...records, ""].join("\r\n");
}

/** A file of one record with more columns: name -> value as it stands in the file. */
export function csvWith(columns: Readonly<Record<string, string>>, text?: string): string {
  const names = Object.keys(columns);
  const rows = [`${header},${names.join(",")}`, `${record(text)},${Object.values(columns).join(",")}`];
  return `${rows.join("\r\n")}\r\n`;
}
