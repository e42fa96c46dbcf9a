import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { type Sha256Hex, sha256Hex } from "../chat/identifiers.ts";
import type { MappingFault } from "./mapping-line.ts";
import { listTextLines } from "./text-lines.ts";

/** How the lines of one kind of file are read. */
export interface LineFormat<Entry extends { readonly line: number }> {
  /** The column by which an entry is known again. */
  readonly keyColumn: NonNullable<MappingFault["column"]>;
  /** What is wrong with the first line; undefined when nothing is. */
  parseHeader(line: number, bytes: string): MappingFault | undefined;
  /** An entry, what is wrong with the line, or undefined when nothing is on it. */
  parseLine(line: number, bytes: string): Entry | MappingFault[] | undefined;
  keyOf(entry: Entry): string;
  /** Whether two entries of one key say the same. */
  isSame(first: Entry, later: Entry): boolean;
}

/** A file of lines as it was read. */
export interface LineFile<Entry> {
  /** Of the file's bytes. */
  readonly sha256: Sha256Hex;
  /** Good lines by key, in the order of the file. None where the header is bad. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** What is wrong, by line; at most `mostFaults` of them. */
  readonly faults: readonly MappingFault[];
  /** How many there are in all. */
  readonly faultCount: number;
  /** Lines that repeat an earlier one; at most `mostFaults` of them. */
  readonly warnings: readonly MappingFault[];
  /** Whether the first line is as it should be: without it nobody knows what the columns are. */
  readonly hasHeader: boolean;
}

/** Faults that are told one by one: ten megabytes of nonsense would be millions of them. */
export const mostFaults = 50_000;

/** Then whatever else the process does has its turn: leases are renewed, other callers answered. */
const linesAtOnce = 2000;

/** Reads a file of lines to its end, whatever is wrong with it. */
export async function readLineFile<Entry extends { readonly line: number }>(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  format: LineFormat<Entry>,
): Promise<LineFile<Entry>> {
  const hash = createHash("sha256");
  const reading = new Reading(format);
  for await (const { line, text } of listTextLines(tapped(bytes, hash))) {
    reading.add(line, text);
    if (line % linesAtOnce === 0) await setImmediate();
  }
  return reading.end(sha256Hex.parse(hash.digest("hex")));
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
class Reading<Entry extends { readonly line: number }> {
  readonly #format: LineFormat<Entry>;
  readonly #entries = new Map<string, Entry>();
  readonly #faults: MappingFault[] = [];
  readonly #warnings: MappingFault[] = [];
  #faultCount = 0;
  #header: "awaited" | "good" | "bad" = "awaited";

  constructor(format: LineFormat<Entry>) {
    this.#format = format;
  }

  add(line: number, text: string): void {
    if (this.#header === "bad") return;
    if (this.#header === "awaited") {
      const fault = this.#format.parseHeader(line, text);
      this.#header = fault === undefined ? "good" : "bad";
      if (fault !== undefined) this.#complain([fault]);
      return;
    }
    const parsed = this.#format.parseLine(line, text);
    if (parsed === undefined) return;
    if (Array.isArray(parsed)) this.#complain(parsed);
    else this.#keep(parsed);
  }

  end(sha256: Sha256Hex): LineFile<Entry> {
    if (this.#header === "awaited") this.#complain([{ line: 1, reason: "unknown-header" }]);
    return {
      sha256,
      entries: this.#entries,
      faults: this.#faults,
      faultCount: this.#faultCount,
      warnings: this.#warnings,
      hasHeader: this.#header === "good",
    };
  }

  #keep(entry: Entry): void {
    const key = this.#format.keyOf(entry);
    const first = this.#entries.get(key);
    if (first === undefined) {
      this.#entries.set(key, entry);
      return;
    }
    const place = { line: entry.line, column: this.#format.keyColumn, firstLine: first.line };
    if (!this.#format.isSame(first, entry)) this.#complain([{ ...place, reason: "another-mailbox" }]);
    else if (this.#warnings.length < mostFaults) this.#warnings.push({ ...place, reason: "repeated" });
  }

  #complain(faults: readonly MappingFault[]): void {
    this.#faultCount += faults.length;
    for (const fault of faults) if (this.#faults.length < mostFaults) this.#faults.push(fault);
  }
}
