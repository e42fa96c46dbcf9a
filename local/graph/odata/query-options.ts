import { badRequest, notModelled } from "../graph-refusal.ts";
import type { Filter } from "./filter.ts";
import { parseFilter } from "./filter.ts";

/** A property by which to order. */
export interface Order {
  readonly path: string;
  readonly isDescending: boolean;
}

/** The query options of a request, parsed. */
export interface QueryOptions {
  readonly filter: Filter | undefined;
  readonly select: readonly string[] | undefined;
  readonly expand: readonly Expansion[];
  readonly orderBy: readonly Order[];
  readonly top: number;
  readonly skip: number;
  readonly wantsCount: boolean;
}

/** An `$expand` of one navigation property, with its own filter. */
export interface Expansion {
  readonly name: string;
  readonly filter: Filter | undefined;
}

const KNOWN = ["$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count"];
/** Graph reads these without the dollar sign too; what a typing slip does there is not worth modelling. */
const BARE = new Set(KNOWN.map((name) => name.slice(1)));

/** How many entries a collection gives at once. */
export interface PageSizes {
  readonly usual: number;
  readonly most: number;
}

/**
 * Parses a query. The other parameters are let pass, as Graph does.
 *
 * @throws GraphRefusal 400 or 501
 */
export function parseQueryOptions(query: URLSearchParams, sizes: PageSizes): QueryOptions {
  for (const name of query.keys()) checkName(name);
  const filter = query.get("$filter");
  return {
    filter: filter === null ? undefined : parseFilter(filter),
    select: toNames(query.get("$select")),
    expand: parseExpand(query.get("$expand")),
    orderBy: (toNames(query.get("$orderby")) ?? []).map(parseOrder),
    top: parseNumber("$top", query.get("$top"), { least: 1, most: sizes.most }) ?? sizes.usual,
    skip: parseNumber("$skip", query.get("$skip"), { least: 0, most: Number.MAX_SAFE_INTEGER }) ?? 0,
    wantsCount: query.get("$count") === "true",
  };
}

function checkName(name: string): void {
  if (name.startsWith("$") && !KNOWN.includes(name)) throw notModelled(`the query option '${name}'`);
  if (BARE.has(name)) throw notModelled(`query options without '$', such as '${name}'`);
}

function toNames(text: string | null): string[] | undefined {
  if (text === null) return undefined;
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function parseOrder(text: string): Order {
  const [path = "", direction = "asc", ...rest] = text.split(/\s+/);
  if (!["asc", "desc"].includes(direction.toLowerCase()) || rest.length > 0) {
    throw badRequest(`Syntax error in $orderby: '${text}'.`);
  }
  return { path, isDescending: direction.toLowerCase() === "desc" };
}

function parseNumber(name: string, text: string | null, range: { least: number; most: number }): number | undefined {
  if (text === null) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.least && value <= range.most) return value;
  throw badRequest(`Invalid value '${text}' for ${name}: it must be from ${range.least} to ${range.most}.`);
}

function parseExpand(text: string | null): Expansion[] {
  if (text === null) return [];
  return splitOutsideBrackets(text).map((part) => {
    const [, name = "", options] = /^\s*([\w.]+)\s*(?:\((.*)\))?\s*$/s.exec(part) ?? [];
    if (name === "") throw badRequest(`Syntax error in $expand: '${part}'.`);
    return { name, filter: options === undefined ? undefined : parseExpandFilter(options) };
  });
}

function parseExpandFilter(options: string): Filter {
  const filter = /^\s*\$filter=(.*)$/s.exec(options)?.[1];
  if (filter === undefined) throw notModelled(`$expand with '${options}'`);
  return parseFilter(filter);
}

function splitOutsideBrackets(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isText = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "'") isText = !isText;
    if (isText) continue;
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (text[at] !== "," || depth !== 0) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  return [...parts, text.slice(start)];
}
