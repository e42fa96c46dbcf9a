import { badRequest, notModelled } from "../graph-refusal.ts";
import type { Token } from "./filter-tokens.ts";
import { parseTokens } from "./filter-tokens.ts";

/** A value in a filter; a date is milliseconds since 1970. */
export type Literal = string | number | boolean | null | { readonly dateInMs: number };

/** How a filter compares. */
export type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le";

/** How a filter looks into a text. */
export type TextFunction = "startswith" | "endswith" | "contains";

/** A parsed `$filter`. */
export type Filter =
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | { readonly kind: "compare"; readonly path: string; readonly op: Comparison; readonly value: Literal }
  | { readonly kind: "text"; readonly path: string; readonly op: TextFunction; readonly value: string }
  /** `path/any(variable: part)`: paths inside `part` begin with the variable, or are the variable. */
  | { readonly kind: "any"; readonly path: string; readonly variable: string; readonly part: Filter };

/**
 * Parses a `$filter` (OData 4.01, the part of it that mail and directory queries use).
 *
 * @throws GraphRefusal 400 for what is no filter, 501 for what is one that the stand-in does not model
 */
export function parseFilter(expression: string): Filter {
  const reader = toReader(parseTokens(expression), expression);
  const filter = parseOr(reader);
  if (reader.peek() !== undefined) throw reader.fail();
  return filter;
}

interface Reader {
  peek(ahead?: number): Token | undefined;
  next(): Token;
  /** Takes the next word if it is this one. */
  takes(text: string): boolean;
  expect(text: string): void;
  fail(): Error;
}

function toReader(tokens: readonly Token[], expression: string): Reader {
  let at = 0;
  const fail = (): Error => badRequest(`Invalid filter clause: syntax error at word ${at + 1} of '${expression}'.`);
  const reader: Reader = {
    peek: (ahead = 0) => tokens[at + ahead],
    next() {
      const token = tokens[at];
      if (token === undefined) throw fail();
      at += 1;
      return token;
    },
    takes(text) {
      const token = tokens[at];
      if (token === undefined || token.kind === "text" || token.text.toLowerCase() !== text) return false;
      at += 1;
      return true;
    },
    expect(text) {
      if (!reader.takes(text)) throw fail();
    },
    fail,
  };
  return reader;
}

function parseOr(reader: Reader): Filter {
  return parseChain(reader, "or", parseAnd);
}

function parseAnd(reader: Reader): Filter {
  return parseChain(reader, "and", parseUnit);
}

function parseChain(reader: Reader, kind: "and" | "or", parsePart: (reader: Reader) => Filter): Filter {
  const first = parsePart(reader);
  const parts = [first];
  while (reader.takes(kind)) parts.push(parsePart(reader));
  return parts.length === 1 ? first : { kind, parts };
}

function parseUnit(reader: Reader): Filter {
  if (reader.takes("not")) return { kind: "not", part: parseUnit(reader) };
  if (reader.takes("(")) {
    const inner = parseOr(reader);
    reader.expect(")");
    return inner;
  }
  const name = reader.next();
  if (name.kind !== "name") throw reader.fail();
  return reader.takes("(") ? parseCall(reader, name.text) : parseComparison(reader, name.text);
}

const TEXT_FUNCTIONS: readonly TextFunction[] = ["startswith", "endswith", "contains"];

function parseCall(reader: Reader, name: string): Filter {
  if (name.toLowerCase().endsWith("/any")) return parseAny(reader, name.slice(0, -"/any".length));
  const op = TEXT_FUNCTIONS.find((known) => known === name.toLowerCase());
  if (op === undefined) throw notModelled(`the filter function '${name}'`);
  const path = reader.next();
  reader.expect(",");
  const value = reader.next();
  reader.expect(")");
  if (path.kind !== "name" || value.kind !== "text") throw reader.fail();
  return { kind: "text", path: path.text, op, value: value.text };
}

function parseAny(reader: Reader, path: string): Filter {
  const variable = reader.next();
  reader.expect(":");
  const part = parseOr(reader);
  reader.expect(")");
  if (variable.kind !== "name") throw reader.fail();
  return { kind: "any", path, variable: variable.text, part };
}

const COMPARISONS: readonly Comparison[] = ["eq", "ne", "gt", "ge", "lt", "le"];

function parseComparison(reader: Reader, path: string): Filter {
  const word = reader.next().text;
  const op = COMPARISONS.find((known) => known === word);
  if (op === undefined) throw reader.fail();
  return { kind: "compare", path, op, value: parseLiteral(reader) };
}

function parseLiteral(reader: Reader): Literal {
  const token = reader.next();
  switch (token.kind) {
    case "text":
      return token.text;
    case "number":
      return Number(token.text);
    case "date":
      return { dateInMs: parseDate(token.text) };
    case "name":
      return parseWord(reader, token.text);
    case "sign":
      throw reader.fail();
  }
}

function parseWord(reader: Reader, word: string): boolean | null {
  switch (word) {
    case "true":
      return true;
    case "false":
      return false;
    case "null":
      return null;
    default:
      throw reader.fail();
  }
}

function parseDate(text: string): number {
  const dateInMs = Date.parse(text);
  if (Number.isNaN(dateInMs)) throw badRequest(`Invalid filter clause: '${text}' is no date.`);
  return dateInMs;
}
