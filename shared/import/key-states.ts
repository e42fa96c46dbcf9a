import type { ImportKey } from "../chat/identifiers.ts";
import { KeyTable } from "./key-table.ts";
import { type Generation, generation, type IntentFlag, type ItemLine, type Source, source } from "./ledger-line.ts";

/** What the ledger says of a key. */
export type KeyState =
  | {
      readonly type: "receipt";
      readonly outcome: "imported" | "partial";
      readonly generation: Generation;
      readonly source: Source;
    }
  /** Created, perhaps. `wasAnswered`: Graph answered the attempt with a 5xx or a 429 at `since`. */
  | { readonly type: "doubt"; readonly since: number; readonly wasAnswered: boolean }
  | {
      readonly type: "failed";
      readonly reason: string;
      readonly at: number;
      readonly generation: Generation;
      readonly source: Source;
    }
  /** Not in the mailbox, and no request under way. */
  | { readonly type: "none" };

const kinds = ["none", "doubt", "answered", "imported", "partial", "failed"] as const;
type Kind = (typeof kinds)[number];
const [plannedBit, degradedBit, deviatesBit, seenBit] = [1, 2, 4, 8];
const kindsOfIntents = {
  new: "doubt",
  again: "doubt",
  degraded: "doubt",
  answered: "answered",
  throttled: "answered",
  withdrawn: "none",
} as const satisfies Record<IntentFlag, Kind>;

/**
 * What a mailbox's ledger of one chat day comes to, line after line, in columns of plain numbers: 71 bytes a key.
 * A receipt is final: whatever line might follow it, the item is in the mailbox.
 */
export class KeyStates {
  readonly #table = new KeyTable();
  readonly #words = new Words();
  #kinds = new Uint8Array(1024);
  #bits = new Uint8Array(1024);
  #times = new Float64Array(1024);
  /** How often an item's creation was intended since it was last settled. */
  #tries = new Uint8Array(1024);
  /** Numbers of words: generation, file, reason. */
  #generations = new Uint32Array(1024);
  #files = new Uint32Array(1024);
  #positions = new Uint32Array(1024);
  #reasons = new Uint32Array(1024);

  /** Takes the next line of the ledger. */
  apply(line: ItemLine): void {
    const n = this.#add(line.key);
    if (this.#isReceipt(n)) return;
    this.#times[n] = line.at;
    this.#tries[n] = triesAfter(line, this.#tries[n] ?? 0);
    this.#setBit(n, degradedBit, isDegradedAfter(line, this.#hasBit(n, degradedBit)));
    if (line.type === "I") {
      this.#setKind(n, kindsOfIntents[line.flag]);
      return;
    }
    this.#setSource(n, line.source);
    this.#generations[n] = this.#words.numberOf(line.generation);
    if (line.type === "X") this.#reasons[n] = this.#words.numberOf(line.reason);
    else this.#setBit(n, deviatesBit, line.marks.includes("deviates"));
    this.#setKind(n, line.type === "X" ? "failed" : line.outcome);
  }

  /** What is known of a key. */
  stateOf(key: ImportKey): KeyState {
    const n = this.#table.find(key);
    if (n === undefined) return { type: "none" };
    const kind = kinds[this.#kinds[n] ?? 0] ?? "none";
    const at = this.#times[n] ?? 0;
    if (kind === "none") return { type: "none" };
    if (kind === "doubt" || kind === "answered") return { type: "doubt", since: at, wasAnswered: kind === "answered" };
    const from = { generation: generation.parse(this.#words.at(this.#generations[n])), source: this.#sourceOf(n) };
    if (kind !== "failed") return { type: "receipt", outcome: kind, ...from };
    return { type: "failed", reason: this.#words.at(this.#reasons[n]), at, ...from };
  }

  /** When the last line about a key was written (storage's clock); 0 when there is none. */
  timeOf(key: ImportKey): number {
    return this.#times[this.#table.find(key) ?? this.#times.length] ?? 0;
  }

  /** How often the creation of an item was tried since it last failed; 255 stands for more too. */
  triesOf(key: ImportKey): number {
    return this.#tries[this.#table.find(key) ?? this.#tries.length] ?? 0;
  }

  /** The receipt's marks of a key that matter for a report. Of one in doubt: whether its last creation was a degraded one. */
  marksOf(key: ImportKey): { readonly isDegraded: boolean; readonly deviates: boolean } {
    const bits = this.#bits[this.#table.find(key) ?? this.#bits.length] ?? 0;
    return { isDegraded: (bits & degradedBit) !== 0, deviates: (bits & deviatesBit) !== 0 };
  }

  /** Notes that a work line is being dealt with. Where one with the same key is already, nothing is noted and that one returned. */
  plan(key: ImportKey, from: Source): Source | undefined {
    const n = this.#add(key);
    if (this.#isReceipt(n) || this.#hasBit(n, plannedBit)) return this.#sourceOf(n);
    this.#setSource(n, from);
    this.#setBit(n, plannedBit);
    return undefined;
  }

  /**
   * Notes that an item with this key was read back from the mailbox. One in doubt is not unrecorded: a run that waits
   * (of another drop, as this one's are settled) will find it too.
   */
  see(key: ImportKey): "first" | "again" | "unrecorded" {
    const n = this.#add(key);
    const isFirst = !this.#hasBit(n, seenBit);
    this.#setBit(n, seenBit);
    if (!isFirst) return "again";
    const kind = kinds[this.#kinds[n] ?? 0];
    return this.#isReceipt(n) || kind === "doubt" || kind === "answered" ? "first" : "unrecorded";
  }

  /** Whether an item with this key was read back. */
  wasSeen(key: ImportKey): boolean {
    const n = this.#table.find(key);
    return n !== undefined && this.#hasBit(n, seenBit);
  }

  #add(key: ImportKey): number {
    const n = this.#table.add(key);
    if (n >= this.#kinds.length) this.#grow();
    return n;
  }

  #isReceipt(n: number): boolean {
    const kind = kinds[this.#kinds[n] ?? 0];
    return kind === "imported" || kind === "partial";
  }

  #setKind(n: number, kind: Kind): void {
    this.#kinds[n] = kinds.indexOf(kind);
  }

  #hasBit(n: number, bit: number): boolean {
    return ((this.#bits[n] ?? 0) & bit) !== 0;
  }

  #setBit(n: number, bit: number, isSet = true): void {
    const others = (this.#bits[n] ?? 0) & ~bit;
    this.#bits[n] = isSet ? others | bit : others;
  }

  #setSource(n: number, from: Source): void {
    const [file = "", position] = from.split(":");
    this.#files[n] = this.#words.numberOf(file);
    this.#positions[n] = Number(position);
  }

  #sourceOf(n: number): Source {
    return source.parse(`${this.#words.at(this.#files[n])}:${this.#positions[n]}`);
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    this.#kinds = copied(this.#kinds, new Uint8Array(size));
    this.#bits = copied(this.#bits, new Uint8Array(size));
    this.#times = copied(this.#times, new Float64Array(size));
    this.#tries = copied(this.#tries, new Uint8Array(size));
    this.#generations = copied(this.#generations, new Uint32Array(size));
    this.#files = copied(this.#files, new Uint32Array(size));
    this.#positions = copied(this.#positions, new Uint32Array(size));
    this.#reasons = copied(this.#reasons, new Uint32Array(size));
  }
}

/** Turned away at the door or never sent is no try: a mailbox that is throttled for a day would lose its items for it. */
function triesAfter(line: ItemLine, before: number): number {
  if (line.type !== "I") return 0;
  if (line.flag === "answered" || line.flag === "degraded") return before;
  const isNoTry = line.flag === "withdrawn" || line.flag === "throttled";
  return isNoTry ? Math.max(0, before - 1) : Math.min(255, before + 1);
}

/** An answer, or giving up, says nothing of what was sent: the creation before it does. */
function isDegradedAfter(line: ItemLine, before: boolean): boolean {
  if (line.type === "R") return line.marks.includes("degraded");
  if (line.type === "X" || line.flag === "answered" || line.flag === "throttled") return before;
  return line.flag === "degraded";
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Keeps each of a few words once and numbers them. */
class Words {
  readonly #words: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    // A slice of a long ledger text would keep all of it in memory.
    const own = Buffer.from(word).toString();
    this.#numbers.set(own, this.#words.length);
    return this.#words.push(own) - 1;
  }

  at(number: number | undefined): string {
    const word = this.#words[number ?? this.#words.length];
    if (word === undefined) throw new Error("a word was never noted");
    return word;
  }
}
