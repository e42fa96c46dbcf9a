import type { Json, JsonObject } from "../stand-ins/json.ts";
import { isIndexed, parsePropertyId } from "./extended-property.ts";
import { badRequest, GraphRefusal } from "./graph-refusal.ts";
import type { MailStore } from "./mail-store.ts";
import type { Item, Mailbox } from "./mailbox.ts";
import { newestFirst } from "./mailbox.ts";
import type { Filter } from "./odata/filter.ts";
import { matchesFilter, readPath } from "./odata/filter-match.ts";
import type { Order } from "./odata/query-options.ts";

const PROPERTIES = "singleValueExtendedProperties";
const FILTERABLE = new Set([
  "bodyPreview",
  "categories",
  "conversationId",
  "createdDateTime",
  "from/emailAddress/address",
  "from/emailAddress/name",
  "hasAttachments",
  "importance",
  "internetMessageId",
  "isDraft",
  "isRead",
  "lastModifiedDateTime",
  "receivedDateTime",
  "sender/emailAddress/address",
  "sender/emailAddress/name",
  "sentDateTime",
  "subject",
]);

/** Which items are asked for, and how. */
export interface MessageSearch {
  /** Absent: the whole mailbox, Deleted Items included. */
  readonly folder?: number | undefined;
  readonly filter: Filter | undefined;
  readonly orderBy: readonly Order[];
  /** A filter does not see items that were created later than this (milliseconds since 1970). */
  readonly seenUpTo: number;
}

/**
 * Finds items, newest first unless ordered otherwise.
 *
 * @throws GraphRefusal 400 for what Exchange refuses to search by
 */
export function searchMessages(store: MailStore, mailbox: Mailbox, search: MessageSearch): readonly Item[] {
  const { folder, filter, orderBy, seenUpTo } = search;
  checkOrder(orderBy, filter);
  if (filter === undefined)
    return orderBy.length === 0 ? mailbox.items(folder) : toOrdered(store, mailbox.items(folder), orderBy);
  checkFilter(filter);
  const canonical = toCanonicalIds(filter);
  const candidates = findCandidates(mailbox, canonical) ?? mailbox.items(folder);
  const found = candidates
    .filter((item) => (folder === undefined || item.folder === folder) && item.createdAt <= seenUpTo)
    .filter((item) => matches(store, item, canonical));
  return toOrdered(store, found, orderBy);
}

/** The parts that must all be true. */
function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === "and" ? filter.parts.flatMap(conjuncts) : [filter];
}

function* everyPart(filter: Filter): Iterable<Filter> {
  yield filter;
  if (filter.kind === "and" || filter.kind === "or") for (const part of filter.parts) yield* everyPart(part);
  if (filter.kind === "not") yield* everyPart(filter.part);
}

function checkFilter(filter: Filter): void {
  const parts = [...everyPart(filter)];
  const anys = parts.filter((part) => part.kind === "any");
  if (anys.filter(({ path }) => path === PROPERTIES).length > 1) throw tooComplex();
  for (const any of anys) if (any.path === PROPERTIES) parsePropertyCondition(any);
  for (const part of parts) {
    if ((part.kind === "compare" || part.kind === "text") && !FILTERABLE.has(part.path))
      throw noSuchProperty(part.path);
    if (part.kind === "any" && part.path !== PROPERTIES && part.path !== "categories") throw noSuchProperty(part.path);
  }
}

function noSuchProperty(path: string): GraphRefusal {
  return badRequest(
    `Could not find a property named '${path}' on type 'Microsoft.OutlookServices.Message' to filter by.`,
  );
}

function tooComplex(): GraphRefusal {
  return new GraphRefusal(400, "ErrorRestrictionTooComplex", "The query filter is too complex.");
}

interface PropertyCondition {
  readonly id: string;
  readonly op: "eq" | "startswith" | "contains";
  readonly value: string;
}

/** Reads `Any(ep: ep/id eq '...' and ep/value eq '...')`, the one form in which extended properties can be searched. */
function parsePropertyCondition({ variable, part }: Filter & { kind: "any" }): PropertyCondition {
  const parts = conjuncts(part);
  const id = parts.find((each) => each.kind === "compare" && each.path === `${variable}/id` && each.op === "eq");
  const value = parts.find((each) => each !== id);
  if (parts.length !== 2 || id?.kind !== "compare" || typeof id.value !== "string") throw invalidCondition();
  return { id: parsePropertyId(id.value), ...parseValueCondition(value, `${variable}/value`) };
}

function parseValueCondition(condition: Filter | undefined, path: string): Omit<PropertyCondition, "id"> {
  if (condition?.kind === "text" && condition.path === path && condition.op !== "endswith") {
    return { op: condition.op, value: condition.value };
  }
  if (condition?.kind !== "compare" || condition.path !== path || condition.op !== "eq") throw invalidCondition();
  if (typeof condition.value !== "string") throw invalidCondition();
  return { op: "eq", value: condition.value };
}

function invalidCondition(): GraphRefusal {
  const form = `${PROPERTIES}/Any(ep: ep/id eq '...' and ep/value eq '...')`;
  return badRequest(`Extended properties can be filtered by ${form} only, with one id and one value.`);
}

/** Items among which all that fit must be, from an index; undefined: no index helps. */
function findCandidates(mailbox: Mailbox, filter: Filter): readonly Item[] | undefined {
  for (const part of conjuncts(filter)) {
    if (part.kind === "compare" && part.path === "internetMessageId" && part.op === "eq") {
      return typeof part.value === "string" ? mailbox.byInternetMessageId(part.value) : [];
    }
    if (part.kind === "any" && part.path === PROPERTIES) return findByProperty(mailbox, parsePropertyCondition(part));
  }
  return undefined;
}

function findByProperty(mailbox: Mailbox, { id, op, value }: PropertyCondition): readonly Item[] | undefined {
  if (!isIndexed(id)) return undefined;
  if (op === "eq") return mailbox.byProperty(id, value);
  const part = value.toLowerCase();
  return mailbox.byPropertyWhere(id, (found) => (op === "startswith" ? found.startsWith(part) : found.includes(part)));
}

/** The same filter with extended properties' ids in the form in which they are stored. */
function toCanonicalIds(filter: Filter): Filter {
  switch (filter.kind) {
    case "and":
    case "or":
      return { ...filter, parts: filter.parts.map(toCanonicalIds) };
    case "not":
      return { ...filter, part: toCanonicalIds(filter.part) };
    case "any":
      return filter.path === PROPERTIES ? { ...filter, part: toCanonicalIds(filter.part) } : filter;
    case "compare": {
      const isId = filter.path.endsWith("/id") && typeof filter.value === "string";
      return isId ? { ...filter, value: parsePropertyId(String(filter.value)) } : filter;
    }
    case "text":
      return filter;
  }
}

function matches(store: MailStore, item: Item, filter: Filter): boolean {
  let message: JsonObject | undefined;
  function read(path: string): Json | undefined {
    // The time of receipt is in memory: a read-back by days does not read every message from the file.
    if (path === "receivedDateTime") return new Date(item.receivedAt).toISOString();
    message ??= store.read(item);
    return readPath(message, path);
  }
  return matchesFilter(filter, read, (path) => path.endsWith("/id"));
}

function checkOrder(orderBy: readonly Order[], filter: Filter | undefined): void {
  for (const { path } of orderBy) if (!FILTERABLE.has(path)) throw noSuchProperty(path);
  if (orderBy.length === 0 || filter === undefined) return;
  const parts = [...everyPart(filter)];
  if (parts.some((part) => part.kind === "any" && part.path === PROPERTIES)) throw tooComplex();
  // The ordered properties must open the filter, in the same order (Graph, "Using filter and orderby in the same query").
  const paths = parts.flatMap((part) => ("path" in part ? [part.path] : []));
  const inFilter = [...new Set(paths)].slice(0, orderBy.length);
  if (inFilter.join() === orderBy.map(({ path }) => path).join()) return;
  const message = "The restriction or sort order is too complex for this operation.";
  throw new GraphRefusal(400, "InefficientFilter", message);
}

function toOrdered(store: MailStore, items: readonly Item[], orderBy: readonly Order[]): readonly Item[] {
  if (orderBy.length === 0) return items.toSorted(newestFirst);
  const keyed = items.map((item) => ({ item, keys: orderBy.map(({ path }) => toSortKey(store, item, path)) }));
  keyed.sort((left, right) => compareKeys(left.keys, right.keys, orderBy) || newestFirst(left.item, right.item));
  return keyed.map(({ item }) => item);
}

function toSortKey(store: MailStore, item: Item, path: string): string {
  if (path === "receivedDateTime") return new Date(item.receivedAt).toISOString();
  const value = readPath(store.read(item), path);
  return (typeof value === "string" ? value : JSON.stringify(value ?? "")).toLowerCase();
}

function compareKeys(left: readonly string[], right: readonly string[], orderBy: readonly Order[]): number {
  for (const [at, { isDescending }] of orderBy.entries()) {
    const [one = "", other = ""] = [left[at], right[at]];
    if (one !== other) return (one < other ? -1 : 1) * (isDescending ? -1 : 1);
  }
  return 0;
}
