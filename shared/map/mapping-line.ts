import { type ImId, imId, type MailboxAddress, mailboxAddress } from "../chat/identifiers.ts";
import { fromSafeCell } from "../store/safe-cell.ts";
import { toCells } from "./line-cells.ts";

/** The mapping's columns, in their order. */
export const mappingColumns = ["ImId", "Mailbox"] as const;

/** What can be wrong with a line. */
export type MappingFaultReason =
  | "unknown-header"
  | "wrong-number-of-columns"
  | "bad-quotes"
  | "not-utf8"
  | "empty"
  | "too-long"
  | "control-character"
  | "not-an-address"
  | "another-mailbox"
  | "repeated";

/** A line of the mapping that is wrong, and how. It tells no content: who reads it has the file. */
export interface MappingFault {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column?: (typeof mappingColumns)[number];
  readonly reason: MappingFaultReason;
  /** The line that named the same ImId first. */
  readonly firstLine?: number;
}

/** What to tell the admin about each. */
export const mappingFaultTexts: Readonly<Record<MappingFaultReason, string>> = {
  "unknown-header": "the first line must be ImId,Mailbox (with a comma)",
  "wrong-number-of-columns": "there must be two columns: an ImId and a mailbox address",
  "bad-quotes": "a quotation mark is not closed, or stands inside a cell without being doubled",
  "not-utf8": "this is not UTF-8; save the file as CSV UTF-8",
  empty: "the cell is empty",
  "too-long": "the ImId is longer than 256 characters",
  "control-character": "the cell has a control character",
  "not-an-address": "this is no e-mail address such as jane.doe@contoso.com",
  "another-mailbox": "an earlier line gives this ImId another mailbox",
  repeated: "an earlier line says the same",
};

/** One line: whose chats go to which mailbox. */
export interface MappingEntry {
  readonly line: number;
  readonly imId: ImId;
  readonly mailbox: MailboxAddress;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const isAscii = /^[\0-\x7f]*$/;
const hasControlCharacter = /\p{Cc}/u;
const byteOrderMark = /^\xef\xbb\xbf/;

/** Checks the first line, as bytes; undefined when it is as it should be. A byte order mark is what Excel writes. */
export function parseHeader(line: number, bytes: string, columns: readonly string[]): MappingFault | undefined {
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes)) return { line, reason: "not-utf8" };
  const cells = toCells(bytes.replace(byteOrderMark, "")) ?? [];
  const isKnown = cells.map((cell) => cell.trim().toLowerCase()).join() === columns.join().toLowerCase();
  return isKnown ? undefined : { line, reason: "unknown-header" };
}

/** Reads one line, as bytes; undefined when nothing is on it, as spreadsheets leave at the end. */
export function parseMappingLine(line: number, bytes: string): MappingEntry | MappingFault[] | undefined {
  const raw = toCells(bytes);
  if (raw === undefined) return [{ line, reason: "bad-quotes" }];
  if (raw.every((cell) => cell.trim() === "")) return undefined;
  const [first, second, ...others] = raw;
  if (first === undefined || second === undefined || others.some((cell) => cell.trim() !== "")) {
    return [{ line, reason: "wrong-number-of-columns" }];
  }
  const cells = { ImId: toText(first), Mailbox: toText(second) };
  const faults = mappingColumns.flatMap((column): MappingFault[] => {
    const reason = column === "ImId" ? imIdProblem(cells.ImId) : addressProblem(cells.Mailbox);
    return reason === undefined ? [] : [{ line, column, reason }];
  });
  if (faults.length > 0) return faults;
  return { line, imId: imId.parse(cells.ImId), mailbox: mailboxAddress.parse(cells.Mailbox) };
}

/** A cell's text; undefined when its bytes are no UTF-8. */
export function toText(bytes: string): string | undefined {
  if (isAscii.test(bytes)) return fromSafeCell(bytes.trim());
  try {
    return fromSafeCell(utf8.decode(Buffer.from(bytes, "latin1")).trim());
  } catch {
    return undefined;
  }
}

function imIdProblem(cell: string | undefined): MappingFaultReason | undefined {
  const problem = cellProblem(cell);
  if (problem !== undefined) return problem;
  return imId.safeParse(cell).success ? undefined : "too-long";
}

/** What is wrong with a cell that should hold an address; undefined when nothing is. */
export function addressProblem(cell: string | undefined): MappingFaultReason | undefined {
  const problem = cellProblem(cell);
  if (problem !== undefined) return problem;
  return mailboxAddress.safeParse(cell).success ? undefined : "not-an-address";
}

function cellProblem(cell: string | undefined): MappingFaultReason | undefined {
  if (cell === undefined) return "not-utf8";
  if (cell === "") return "empty";
  return hasControlCharacter.test(cell) ? "control-character" : undefined;
}
