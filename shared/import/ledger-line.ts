import * as z from "zod";
import { dropId, fileId, type ImportKey, importKey } from "../chat/identifiers.ts";

/** What a receipt adds to its outcome. */
export const receiptMark = z.enum(["degraded", "deviates", "found"]);
/** `degraded`: without Message-ID and sender; `deviates`: Graph made something else of it; `found`: by a look-up. */
export type ReceiptMark = z.infer<typeof receiptMark>;

/**
 * What an intent says: created for the first time; again after a settled doubt; once more without what Graph refused it
 * for; Graph has answered 5xx; Graph has answered 429; not sent after all.
 */
export const intentFlag = z.enum(["new", "again", "degraded", "answered", "throttled", "withdrawn"]);
/** What an intent says. */
export type IntentFlag = z.infer<typeof intentFlag>;

/** A work line's place: `{file}:{position}`. */
export const source = z
  .string()
  .regex(/^[0-9a-v]{20}:\d{1,9}$/)
  .brand<"Source">();
/** A work line's place: `{file}:{position}`. */
export type Source = z.infer<typeof source>;

/** A generation of a drop: `{drop}/{gen}`. */
export const generation = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*-\d{4}-\d{2}-\d{2}-[1-9]\d{0,3}\/[1-9]\d{0,5}$/)
  .brand<"Generation">();
/** A generation of a drop: `{drop}/{gen}`. */
export type Generation = z.infer<typeof generation>;

/** Makes a work line's place. */
export function toSource(file: string, position: number): Source {
  return source.parse(`${fileId.parse(file)}:${position}`);
}

/** Names a generation of a drop. */
export function toGeneration(drop: string, gen: number): Generation {
  return generation.parse(`${dropId.parse(drop)}/${gen}`);
}

/**
 * One line of a ledger. Times are storage's, ms since 1970 (ISO 8601 in the file). E closes a file and names the next: it
 * is written in the file itself, so that whoever writes to a closed one is refused by compare-and-append.
 */
export type LedgerLine =
  | { readonly type: "B"; readonly writer: string; readonly seq: number }
  | { readonly type: "F"; readonly writer: string; readonly slice: number }
  | { readonly type: "E"; readonly next: number }
  | { readonly type: "I"; readonly key: ImportKey; readonly at: number; readonly flag: IntentFlag }
  | {
      readonly type: "R";
      readonly key: ImportKey;
      readonly outcome: "imported" | "partial";
      readonly marks: readonly ReceiptMark[];
      readonly graphId: string;
      readonly at: number;
      readonly generation: Generation;
      readonly source: Source;
    }
  | {
      readonly type: "X";
      readonly key: ImportKey;
      readonly reason: string;
      readonly at: number;
      readonly generation: Generation;
      readonly source: Source;
    };

/** The lines that tell of an item. */
export type ItemLine = Extract<LedgerLine, { key: ImportKey }>;

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$/);
const graphId = z.string().regex(/^[\x21-\x7e]{1,1000}$/);
const whole = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const time = z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text));
const outcome = z
  .string()
  .transform((text) => text.split("+"))
  .pipe(z.tuple([z.enum(["imported", "partial"])], receiptMark));

const forms = {
  B: z.tuple([word, whole]).transform(([writer, seq]) => ({ type: "B" as const, writer, seq })),
  F: z.tuple([word, whole]).transform(([writer, slice]) => ({ type: "F" as const, writer, slice })),
  E: z.tuple([whole]).transform(([next]) => ({ type: "E" as const, next })),
  I: z.tuple([importKey, time, intentFlag]).transform(([key, at, flag]) => ({ type: "I" as const, key, at, flag })),
  R: z
    .tuple([importKey, outcome, graphId, time, generation, source])
    .transform(([key, [kind, ...marks], id, at, of, from]) => ({
      ...({ type: "R", key, outcome: kind, marks, graphId: id } as const),
      ...{ at, generation: of, source: from },
    })),
  X: z.tuple([importKey, word, time, generation, source]).transform(([key, reason, at, of, from]) => ({
    type: "X" as const,
    key,
    reason,
    at,
    generation: of,
    source: from,
  })),
};

/** Reads a line; undefined when it is none, down to the last character. */
export function parseLedgerLine(text: string): LedgerLine | undefined {
  const [letter = "", ...fields] = text.split("\t");
  if (!isLetter(letter)) return undefined;
  return forms[letter].safeParse(fields).data;
}

function isLetter(letter: string): letter is keyof typeof forms {
  return Object.hasOwn(forms, letter);
}

/** Writes a line, without its line feed. @throws Error when it could not be read again: nothing unreadable may get in. */
export function toLedgerText(line: LedgerLine): string {
  const text = [line.type, ...toFields(line)].join("\t");
  if (parseLedgerLine(text) === undefined)
    throw new Error(`a ledger line of type ${line.type} has a field that does not fit`);
  return text;
}

function toFields(line: LedgerLine): (string | number)[] {
  switch (line.type) {
    case "B":
      return [line.writer, line.seq];
    case "F":
      return [line.writer, line.slice];
    case "E":
      return [line.next];
    case "I":
      return [line.key, toIso(line.at), line.flag];
    case "R":
      return [
        ...[line.key, [line.outcome, ...line.marks].join("+"), line.graphId, toIso(line.at)],
        ...[line.generation, line.source],
      ];
    case "X":
      return [line.key, line.reason, toIso(line.at), line.generation, line.source];
  }
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}
