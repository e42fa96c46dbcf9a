import * as z from "zod";
import { type ApiProblem, invalid } from "./problem.ts";

/** What every listing takes: a contract's query is `z.strictObject({ ...pageQuery, ... })`. */
export const pageQuery = {
  /** At most how many items come at once. @default 50 */
  limit: z.coerce
    .number("must be a whole number from 1 to 500")
    .int("must be a whole number from 1 to 500")
    .min(1, "must be a whole number from 1 to 500")
    .max(500, "must be a whole number from 1 to 500")
    .default(50)
    .describe("At most how many items come at once, 1 to 500."),
  /** What the page before gave as `next`. */
  cursor: z
    .string()
    .max(1000, "is not one that a page gave")
    .optional()
    .describe("Where to go on: what the page before gave as `next`."),
} as const;

/** A page of items. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().optional().describe("Give it as `cursor` for the next page; missing on the last one."),
  });
}

/** Which part of a listing is asked for. */
export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Some items, and where to go on. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/** Makes a place in a listing into a word that callers hand back and need not understand. */
export function toCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** The inverse of toCursor. @throws ApiProblem (400) when it is none of ours */
export function parseCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (!parsed.success) throw noPlace();
  return parsed.data;
}

/** 400 for a cursor that is none of ours. */
export function noPlace(): ApiProblem {
  return invalid([{ path: "cursor", message: "is not one that a page gave" }]);
}

/**
 * The next page of a listing that is gone through from its start, in the order of `keyOf` (UTF-16 code units): items up to
 * the cursor's key are passed over, so one that was deleted meanwhile does no harm.
 */
export async function takePage<T>(
  source: AsyncIterable<T> | Iterable<T>,
  { limit, cursor }: PageAsked,
  keyOf: (item: T) => string,
): Promise<Page<T>> {
  const after = cursor === undefined ? undefined : parseCursor(z.string(), cursor);
  const items: T[] = [];
  let last: string | undefined;
  for await (const item of source) {
    const key = keyOf(item);
    if (after !== undefined && key <= after) continue;
    if (items.length === limit && last !== undefined) return { items, next: toCursor(last) };
    items.push(item);
    last = key;
  }
  return { items };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
