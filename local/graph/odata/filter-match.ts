import type { Json } from "../../stand-ins/json.ts";
import { isJsonList, isJsonObject } from "../../stand-ins/json.ts";
import type { Comparison, Filter, Literal, TextFunction } from "./filter.ts";

/** Reads the property that a filter names by its path; undefined: not there, which compares as null. */
export type ReadProperty = (path: string) => Json | undefined;

/** Whether two texts are one, and the same for parts of texts: true where case counts for this property. */
export type CaseCounts = (path: string) => boolean;

/** Whether something fits a filter. */
export function matchesFilter(filter: Filter, read: ReadProperty, caseCounts: CaseCounts): boolean {
  switch (filter.kind) {
    case "and":
      return filter.parts.every((part) => matchesFilter(part, read, caseCounts));
    case "or":
      return filter.parts.some((part) => matchesFilter(part, read, caseCounts));
    case "not":
      return !matchesFilter(filter.part, read, caseCounts);
    case "compare":
      return compare(read(filter.path), filter.op, filter.value, caseCounts(filter.path));
    case "text":
      return looksInto(read(filter.path), filter.op, filter.value, caseCounts(filter.path));
    case "any":
      return matchesAny(filter, read, caseCounts);
  }
}

function matchesAny(filter: Filter & { kind: "any" }, read: ReadProperty, caseCounts: CaseCounts): boolean {
  const { path, variable, part } = filter;
  const list = read(path);
  if (!isJsonList(list)) return false;
  return list.some((element) =>
    matchesFilter(
      part,
      (inner) => (inner === variable ? element : readPath(element, inner.slice(variable.length + 1))),
      (inner) => caseCounts(`${path}/${inner}`),
    ),
  );
}

/** The value at a path such as `from/emailAddress/address`. */
export function readPath(value: Json | undefined, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path.split("/")) {
    if (!isJsonObject(found)) return undefined;
    found = found[name];
  }
  return found;
}

function compare(found: Json | undefined, op: Comparison, value: Literal, caseCounts: boolean): boolean {
  const order = toOrder(found ?? null, value, caseCounts);
  switch (op) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "gt":
      return order !== undefined && order > 0;
    case "ge":
      return order !== undefined && order >= 0;
    case "lt":
      return order !== undefined && order < 0;
    case "le":
      return order !== undefined && order <= 0;
  }
}

/** Below, equal or above 0; undefined where the two cannot be compared. */
function toOrder(found: Json, value: Literal, caseCounts: boolean): number | undefined {
  if (found === null || value === null) return found === value ? 0 : undefined;
  if (typeof value === "object") return typeof found === "string" ? sign(Date.parse(found), value.dateInMs) : undefined;
  if (typeof value === "string" && typeof found === "string") return orderOfTexts(found, value, caseCounts);
  if (typeof value === "number" && typeof found === "number") return sign(found, value);
  return found === value ? 0 : undefined;
}

function orderOfTexts(left: string, right: string, caseCounts: boolean): number {
  return caseCounts ? sign(left, right) : sign(left.toLowerCase(), right.toLowerCase());
}

function sign<T extends string | number>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function looksInto(found: Json | undefined, op: TextFunction, value: string, caseCounts: boolean): boolean {
  if (typeof found !== "string") return false;
  const [text, part] = caseCounts ? [found, value] : [found.toLowerCase(), value.toLowerCase()];
  switch (op) {
    case "startswith":
      return text.startsWith(part);
    case "endswith":
      return text.endsWith(part);
    case "contains":
      return text.includes(part);
  }
}
