import { createHash } from "node:crypto";
import * as z from "zod";
import { noPlace } from "./paging.ts";

const asked = z.looseObject({ cursor: z.string().optional(), limit: z.unknown().optional() });
const page = z.looseObject({ next: z.string().optional() });

/** A place in one listing must not be taken for one in another, where it means something else or nothing. */
export interface BoundCursors {
  /** What the handler gets: the cursor as it gave it. @throws ApiProblem (400) when it is another listing's */
  readonly fields: unknown;
  /** What the caller gets: a `next` that holds for this listing alone. */
  toReply(body: unknown): unknown;
}

/**
 * Binds the cursors of a listing to what is listed: the endpoint, what its path names, and the filters. How many come at once
 * may change from page to page.
 *
 * @param fields the query, or the body, that `cursor` is a field of
 */
export function bindCursors(endpoint: string, params: unknown, fields: unknown): BoundCursors {
  const parsed = asked.safeParse(fields);
  // Every listing has a limit, by default if not by the caller.
  if (!parsed.success || parsed.data.limit === undefined) return { fields, toReply: (body) => body };
  const { cursor, limit: _limit, ...filters } = parsed.data;
  const listing = toTag(endpoint, params, filters);
  return {
    fields: cursor === undefined ? fields : { ...parsed.data, cursor: unbind(listing, cursor) },
    toReply: (body) => {
      const reply = page.safeParse(body);
      if (!reply.success || reply.data.next === undefined) return body;
      return { ...reply.data, next: `${listing}.${reply.data.next}` };
    },
  };
}

function unbind(listing: string, cursor: string): string {
  const dot = cursor.indexOf(".");
  if (dot < 0 || cursor.slice(0, dot) !== listing) throw noPlace();
  return cursor.slice(dot + 1);
}

function toTag(endpoint: string, params: unknown, filters: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([endpoint, params ?? null, sorted]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 10);
}
