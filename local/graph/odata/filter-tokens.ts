import { badRequest } from "../graph-refusal.ts";

/** A word of an OData expression. */
export type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "date"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "sign"; readonly text: string };

// A date begins with digits too, so it stands before numbers. Text: two quotes stand for one (OData 4.01 ABNF, string).
const PATTERN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<date>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?)|(?<number>-?\d+(?:\.\d+)?)|(?<name>[A-Za-z_@][\w.@]*(?:\/[A-Za-z_@$][\w.@]*)*)|(?<sign>[(),:;=*]))/y;

/**
 * Cuts an OData expression into words.
 *
 * @throws GraphRefusal 400 where it is none
 */
export function parseTokens(expression: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(expression)?.groups;
    if (groups === undefined) throw badRequest(`Syntax error at position ${at} in '${expression}'.`);
    tokens.push(toToken(groups));
  }
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): Token {
  const { text, date, number, name, sign } = groups;
  if (text !== undefined) return { kind: "text", text: text.slice(1, -1).replaceAll("''", "'") };
  if (date !== undefined) return { kind: "date", text: date };
  if (number !== undefined) return { kind: "number", text: number };
  return name === undefined ? { kind: "sign", text: sign ?? "" } : { kind: "name", text: name };
}
