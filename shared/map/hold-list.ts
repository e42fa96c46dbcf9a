import { folded } from "../chat/chat-item.ts";
import { type MailboxAddress, mailboxAddress } from "../chat/identifiers.ts";
import { toSafeCell } from "../store/safe-cell.ts";
import { toCells } from "./line-cells.ts";
import { type LineFile, type LineFormat, readLineFile } from "./line-file.ts";
import {
  addressProblem,
  type MappingFault,
  type MappingFaultReason,
  mappingFaultTexts,
  parseHeader,
  toText,
} from "./mapping-line.ts";

/** One line of a hold list: a mailbox that gets its items. */
export interface HoldListEntry {
  readonly line: number;
  readonly mailbox: MailboxAddress;
}

/** The hold list's columns. */
export const holdListColumns = ["Mailbox"] as const;

/** What to tell the admin about each. */
export const holdListFaultTexts: Readonly<Record<MappingFaultReason, string>> = {
  ...mappingFaultTexts,
  "unknown-header": "the first line must be Mailbox",
  "wrong-number-of-columns": "there must be one column: a mailbox address",
};

const holdListFormat: LineFormat<HoldListEntry> = {
  keyColumn: "Mailbox",
  parseHeader: (line, bytes) => parseHeader(line, bytes, holdListColumns),
  parseLine,
  keyOf: ({ mailbox }) => folded(mailbox),
  isSame: () => true,
};

/** Reads a hold list: CSV in UTF-8 with the header `Mailbox`, whose mailboxes alone get items. */
export async function readHoldListFile(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<LineFile<HoldListEntry>> {
  return await readLineFile(bytes, holdListFormat);
}

/** A hold list as it is downloaded; can be uploaded again as it is. */
export function toHoldListCsv(entries: Iterable<Pick<HoldListEntry, "mailbox">>): string {
  const lines = [holdListColumns.join(), ...Array.from(entries, ({ mailbox }) => toSafeCell(mailbox))];
  return `${lines.join("\r\n")}\r\n`;
}

function parseLine(line: number, bytes: string): HoldListEntry | MappingFault[] | undefined {
  const cells = toCells(bytes);
  if (cells === undefined) return [{ line, reason: "bad-quotes" }];
  if (cells.every((cell) => cell.trim() === "")) return undefined;
  const [first = "", ...others] = cells;
  if (others.some((cell) => cell.trim() !== "")) return [{ line, reason: "wrong-number-of-columns" }];
  const text = toText(first);
  const reason = addressProblem(text);
  if (reason !== undefined) return [{ line, column: "Mailbox", reason }];
  return { line, mailbox: mailboxAddress.parse(text) };
}
