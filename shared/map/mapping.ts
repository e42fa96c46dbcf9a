import { createHash } from "node:crypto";
import { folded } from "../chat/chat-item.ts";
import { type ImId, type MailboxAddress, type Sha256Hex, sha256Hex } from "../chat/identifiers.ts";
import { type MappingEntry, type MappingFault, parseHeader, parseMappingLine } from "./mapping-line.ts";
import { listTextLines } from "./text-lines.ts";

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
  const hash = createHash("sha256");
  const reading = new MappingReading();
  for await (const { line, text } of listTextLines(tapped(bytes, hash))) reading.add(line, text);
  return reading.end(sha256Hex.parse(hash.digest("hex")));
}

/** The mailbox that a mapping names for an ImId, however it is spelt. */
export function mailboxNamedFor(mapping: Mapping | undefined, imId: ImId | undefined): MailboxAddress | undefined {
  return imId === undefined ? undefined : mapping?.entries.get(folded(imId))?.mailbox;
}

async function* tapped(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hash: { update(piece: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

/** What has been read of one file. */
class MappingReading {
  readonly #entries = new Map<string, MappingEntry>();
  readonly #faults: MappingFault[] = [];
  readonly #warnings: MappingFault[] = [];
  #header: "awaited" | "good" | "bad" = "awaited";

  add(line: number, text: string): void {
    if (this.#header === "bad") return;
    if (this.#header === "awaited") {
      const fault = parseHeader(line, text);
      this.#header = fault === undefined ? "good" : "bad";
      if (fault !== undefined) this.#faults.push(fault);
      return;
    }
    const parsed = parseMappingLine(line, text);
    if (parsed === undefined) return;
    if (Array.isArray(parsed)) this.#faults.push(...parsed);
    else this.#keep(parsed);
  }

  end(sha256: Sha256Hex): ParsedMapping {
    if (this.#header === "awaited") this.#faults.push({ line: 1, reason: "unknown-header" });
    const warnings = this.#warnings;
    if (this.#faults.length > 0) return { isValid: false, faults: this.#faults, warnings };
    return { isValid: true, mapping: { sha256, entries: this.#entries }, warnings };
  }

  #keep(entry: MappingEntry): void {
    const key = folded(entry.imId);
    const first = this.#entries.get(key);
    if (first === undefined) {
      this.#entries.set(key, entry);
      return;
    }
    const place = { line: entry.line, column: "ImId", firstLine: first.line } as const;
    if (folded(first.mailbox) === folded(entry.mailbox)) this.#warnings.push({ ...place, reason: "repeated" });
    else this.#faults.push({ ...place, reason: "another-mailbox" });
  }
}
