import { folded } from "../chat/chat-item.ts";
import type { ImId, MailboxAddress, Sha256Hex } from "../chat/identifiers.ts";
import { type LineFile, type LineFormat, readLineFile } from "./line-file.ts";
import { type MappingEntry, type MappingFault, mappingColumns, parseHeader, parseMappingLine } from "./mapping-line.ts";

/** The admin's mapping file, checked. */
export interface Mapping {
  /** Of the file's bytes: says in a report which mapping was used. */
  readonly sha256: Sha256Hex;
  /** By folded ImId, in the order of the file. */
  readonly entries: ReadonlyMap<string, MappingEntry>;
}

/** A mapping, or every line that is wrong. Warnings are lines that repeat an earlier one. */
export type ParsedMapping =
  | { readonly isValid: true; readonly mapping: Mapping; readonly warnings: readonly MappingFault[] }
  | { readonly isValid: false; readonly faults: readonly MappingFault[]; readonly warnings: readonly MappingFault[] };

/**
 * Reads a mapping file: CSV (RFC 4180) in UTF-8 with the header `ImId,Mailbox`. Nothing of a file with a bad line is
 * taken: half a mapping would send people's chats nowhere, and nobody would notice.
 */
export async function parseMapping(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ParsedMapping> {
  const { sha256, entries, faults, warnings } = await readMappingFile(bytes);
  if (faults.length > 0) return { isValid: false, faults, warnings };
  return { isValid: true, mapping: { sha256, entries }, warnings };
}

const mappingFormat: LineFormat<MappingEntry> = {
  keyColumn: "ImId",
  parseHeader: (line, bytes) => parseHeader(line, bytes, mappingColumns),
  parseLine: parseMappingLine,
  keyOf: ({ imId }) => folded(imId),
  isSame: (first, later) => folded(first.mailbox) === folded(later.mailbox),
};

/** Reads a mapping file with whatever is wrong with it: for somebody who looks at it before it is taken. */
export async function readMappingFile(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<LineFile<MappingEntry>> {
  return await readLineFile(bytes, mappingFormat);
}

/** The mailbox that a mapping names for an ImId, however it is spelt. */
export function mailboxNamedFor(mapping: Mapping | undefined, imId: ImId | undefined): MailboxAddress | undefined {
  return imId === undefined ? undefined : mapping?.entries.get(folded(imId))?.mailbox;
}
