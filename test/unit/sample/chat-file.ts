import { parse } from "csv-parse/sync";
import { SaxesParser } from "saxes";

/** An element of a chat file: its name and the texts of its fields. */
export interface ReadEvent {
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** A conversation of an XML chat file: its events as they stand. */
export interface ReadConversation {
  readonly fields: ReadonlyMap<string, string>;
  readonly events: readonly ReadEvent[];
}

/** Reads an XML chat file, by the book and nothing more. @throws Error when it is not well formed */
export function readXml(text: string): ReadConversation[] {
  const conversations: { fields: Map<string, string>; events: { name: string; fields: Map<string, string> }[] }[] = [];
  const open: string[] = [];
  let words = "";
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name }) => {
    open.push(name);
    words = "";
    if (open.length === 2) conversations.push({ fields: new Map(), events: [] });
    if (open.length === 3) conversations.at(-1)?.events.push({ name, fields: new Map() });
  });
  for (const event of ["text", "cdata"] as const) {
    parser.on(event, (piece) => {
      words += piece;
    });
  }
  parser.on("closetag", ({ name }) => {
    if (open.length === 4) conversations.at(-1)?.events.at(-1)?.fields.set(name, words);
    if (open.length === 3) conversations.at(-1)?.fields.set(name, words);
    open.pop();
  });
  parser.write(text).close();
  return conversations;
}

/** The items of an XML chat file: messages and begun transfers. */
export function itemsOf(conversations: readonly ReadConversation[]): ReadEvent[] {
  return conversations.flatMap(({ events }) =>
    events.filter(({ name }) => name === "Message" || name === "FileTransferStarted"),
  );
}

/** Reads a CSV chat file. @throws Error when a quote or the number of fields is wrong */
export function readCsv(text: string): Record<string, string>[] {
  return parse(text, { columns: true, bom: true });
}
