import type { Item } from "./directory-data.ts";

/** An answer of the stand-in. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One call, its path split below the version. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly makesMissing: boolean;
}

/** The item with this key, e.g. `appId='...'`. */
export function findBy(items: readonly Item[], key: string): Item | undefined {
  const [, name = "", value] = /^(\w+)='(.*)'$/.exec(key) ?? [];
  return items.find((item) => item[name] === value);
}

/** The items but these. */
export function without(items: readonly Item[], gone: readonly Item[]): Item[] {
  return items.filter((item) => !gone.some(({ id }) => id === item.id));
}

/** The item with this key, as an answer. */
export function one(items: readonly Item[], key: string): Answer {
  const found = findBy(items, key);
  return found === undefined ? notFound(key) : { status: 200, body: found };
}

/** Two to a page, so that there are pages. */
export function listed(items: readonly Item[], call?: Call): Answer {
  const from = Number(call?.query.get("$skiptoken") ?? 0);
  const next =
    from + 2 < items.length && call !== undefined ? { "@odata.nextLink": `${call.path}?$skiptoken=${from + 2}` } : {};
  return { status: 200, body: { value: call === undefined ? items : items.slice(from, from + 2), ...next } };
}

/** Entra's 404. */
export function notFound(what: string): Answer {
  return refused(
    404,
    "Request_ResourceNotFound",
    `Resource '${what}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** A refusal in Graph's form. */
export function refused(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
