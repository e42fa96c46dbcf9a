/** A point in time, ms since 1970. */
export class Moment {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A length of time in ms. */
export class Span {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A value whose type only the row knows. */
export class Dynamic {
  readonly json: unknown;
  constructor(json: unknown) {
    this.json = json;
  }
}

/** A value of KQL. Strings are never null. */
export type Value = string | number | boolean | Moment | Span | Dynamic | null;

/** One row, by column. */
export type Row = Readonly<Record<string, Value>>;

/** Rows and the order of their columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** What is done with a value in order to compare, group and print it. */
export function toKey(value: Value): string {
  if (value instanceof Moment || value instanceof Span) return `${value.constructor.name} ${value.ms}`;
  if (value instanceof Dynamic) return `dynamic ${JSON.stringify(value.json)}`;
  return `${typeof value} ${value}`;
}

/** Less than 0, 0 or more than 0; `undefined` where one is null or the types do not go together. */
export function compare(left: Value, right: Value): number | undefined {
  const [a, b] = [toComparable(left), toComparable(right)];
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The value out of a JSON document. */
export function fromJson(json: unknown): Value {
  return json === undefined || json === null ? null : new Dynamic(json);
}

/** As tostring() does. */
export function toText(value: Value): string {
  if (value === null) return "";
  if (value instanceof Moment) return new Date(value.ms).toISOString();
  if (value instanceof Span) return `${value.ms} ms`;
  if (!(value instanceof Dynamic)) return String(value);
  return typeof value.json === "string" ? value.json : JSON.stringify(value.json);
}

/** As toreal() does; null where it is no number. */
export function toNumber(value: Value): number | null {
  const plain = value instanceof Dynamic ? value.json : value;
  if (typeof plain === "boolean") return plain ? 1 : 0;
  if (typeof plain === "number") return plain;
  if (typeof plain !== "string" || plain.trim() === "") return null;
  const read = Number(plain);
  return Number.isFinite(read) ? read : null;
}

/** As tobool() does. */
export function toBool(value: Value): boolean | null {
  const plain = value instanceof Dynamic ? value.json : value;
  if (typeof plain === "boolean") return plain;
  if (typeof plain === "number") return plain !== 0;
  if (plain === "true" || plain === "false") return plain === "true";
  return null;
}

function toComparable(value: Value): string | number | undefined {
  if (value === null || value instanceof Dynamic) return undefined;
  if (value instanceof Moment || value instanceof Span) return value.ms;
  return typeof value === "boolean" ? Number(value) : value;
}
