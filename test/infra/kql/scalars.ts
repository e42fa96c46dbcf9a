import { compare, Dynamic, fromJson, Moment, Span, toBool, toNumber, toText, type Value } from "./values.ts";

/** A function of values, or an operator that takes two. */
type Scalar = (...given: readonly Value[]) => Value;

/** Ends the evaluation: the query uses something that is not evaluated here. */
export class NotEvaluated extends Error {
  override readonly name = "NotEvaluated";
}

/** Functions that take values; those that look at rows or choose what to evaluate are in evaluate.ts. */
export const functions: Readonly<Record<string, Scalar>> = {
  bin: (value, size) => bin(value ?? null, size ?? null),
  coalesce: (...given) => given.find((one) => one !== null && one !== "") ?? given.at(-1) ?? null,
  extract: (pattern, group, text) =>
    new RegExp(toText(pattern ?? null)).exec(toText(text ?? null))?.[toNumber(group ?? null) ?? 0] ?? "",
  isempty: (value) => toText(value ?? null) === "",
  isnotempty: (value) => toText(value ?? null) !== "",
  isnotnull: (value) => value !== null,
  isnull: (value) => value === null,
  max_of: (...given) => Math.max(...given.map((one) => toNumber(one) ?? Number.NaN)),
  not: (value) => opposite(value ?? null),
  parse_json: (text) => parseJson(toText(text ?? null)),
  replace_string: (text, from, to) => toText(text ?? null).replaceAll(toText(from ?? null), toText(to ?? null)),
  round: (value, digits) => round(value ?? null, toNumber(digits ?? null) ?? 0),
  split: (text, by) => new Dynamic(toText(text ?? null).split(toText(by ?? null))),
  strcat: (...given) => given.map(toText).join(""),
  strcat_array: (list, by) =>
    listOf(list ?? null)
      .map((one) => toText(fromJson(one)))
      .join(toText(by ?? null)),
  tobool: (value) => toBool(value ?? null),
  todouble: (value) => toNumber(value ?? null),
  toint: (value) => toWhole(value ?? null),
  tolong: (value) => toWhole(value ?? null),
  tostring: (value) => toText(value ?? null),
  trim: (what, text) =>
    toText(text ?? null).replace(new RegExp(`^(?:${toText(what ?? null)})+|(?:${toText(what ?? null)})+$`, "g"), ""),
  unixtime_milliseconds_todatetime: (value) =>
    value === null ? null : new Moment(toNumber(value ?? null) ?? Number.NaN),
};

/** Operators. No value equals null; what is more or less than null is unknown, which no `where` takes. */
export const operators: Readonly<Record<string, Scalar>> = {
  "==": (left, right) => isEqual(left ?? null, right ?? null),
  "!=": (left, right) => opposite(isEqual(left ?? null, right ?? null)),
  "<": byOrder((order) => order < 0),
  ">": byOrder((order) => order > 0),
  "<=": byOrder((order) => order <= 0),
  ">=": byOrder((order) => order >= 0),
  "+": arithmetic((left, right) => left + right),
  "-": arithmetic((left, right) => left - right),
  "*": arithmetic((left, right) => left * right),
  "/": divide,
  has: (text, term) => hasTerm(toText(text ?? null), toText(term ?? null)),
  startswith: (text, start) => lower(text).startsWith(lower(start)),
  "!startswith": (text, start) => !lower(text).startsWith(lower(start)),
  endswith: (text, end) => lower(text).endsWith(lower(end)),
};

/** Whether the text has the term, with neither letter nor digit before and after it. */
export function hasTerm(text: string, term: string): boolean {
  const escaped = term.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<![a-z0-9])${escaped}(?![a-z0-9])`, "i").test(text);
}

/** The elements of a dynamic array; of anything else none. */
export function listOf(value: Value): readonly unknown[] {
  return value instanceof Dynamic && Array.isArray(value.json) ? value.json : [];
}

/** Of true and false; of anything else nothing is known. */
export function opposite(value: Value): boolean | null {
  return typeof value === "boolean" ? !value : null;
}

function isEqual(left: Value, right: Value): boolean | null {
  if (left === null && right === null) return null;
  return compare(left, right) === 0;
}

function lower(value: Value | undefined): string {
  return toText(value ?? null).toLowerCase();
}

function byOrder(holds: (order: number) => boolean): Scalar {
  return (left = null, right = null) => {
    const order = compare(left, right);
    return order === undefined ? null : holds(order);
  };
}

/** Of numbers, and of moments and spans as far as KQL knows them. */
function arithmetic(count: (left: number, right: number) => number): Scalar {
  return (left = null, right = null) => {
    if (left === null || right === null) return null;
    const result = count(amountOf(left), amountOf(right));
    if (left instanceof Moment && right instanceof Moment) return new Span(result);
    if (left instanceof Moment || right instanceof Moment) return new Moment(result);
    return left instanceof Span || right instanceof Span ? new Span(result) : result;
  };
}

function divide(left: Value = null, right: Value = null): Value {
  if (left === null || right === null) return null;
  const result = amountOf(left) / amountOf(right);
  return left instanceof Span && typeof right === "number" ? new Span(result) : result;
}

function amountOf(value: Value): number {
  if (value instanceof Moment || value instanceof Span) return value.ms;
  if (typeof value === "number") return value;
  throw new NotEvaluated(`arithmetic with ${toText(value)}`);
}

function bin(value: Value, size: Value): Value {
  if (value === null || size === null) return null;
  const step = amountOf(size);
  const floor = Math.floor(amountOf(value) / step) * step;
  if (value instanceof Moment) return new Moment(floor);
  return value instanceof Span ? new Span(floor) : floor;
}

function round(value: Value, digits: number): Value {
  const number = toNumber(value);
  return number === null ? null : Math.round(number * 10 ** digits) / 10 ** digits;
}

function toWhole(value: Value): number | null {
  const number = toNumber(value);
  return number === null ? null : Math.trunc(number);
}

/** What is no JSON stays a string, as it does in KQL. */
function parseJson(text: string): Value {
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return new Dynamic(text);
  }
}
