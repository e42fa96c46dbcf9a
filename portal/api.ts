import { type EndpointName, endpoints } from "../shared/api/endpoints.ts";
import { ApiError, signedOut, toApiError, unreachable } from "./api-error.ts";
import type { AnyAsked, Asked, DownloadEndpoint, Endpoint, Fields, Reply } from "./api-types.ts";

const base = "/api/v1";
/** Sent with each change: no other site's page can (shared/api/csrf.ts). */
const ownHeaders = { "x-icechat": "1" } as const;

/** What goes along with a call beside what the endpoint is asked with. */
export interface CallOptions {
  /** Ends the call when the page is left. */
  readonly signal?: AbortSignal | undefined;
  /** The version that a change is made in sight of; the API refuses it when somebody else was quicker. */
  readonly ifMatch?: string | undefined;
  /** The version that is known: the answer is `unchanged` when it still holds. */
  readonly ifNoneMatch?: string | undefined;
}

/** An answer, and the version of what it tells. */
export interface Answer<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

/** The known version still holds. */
export const unchanged = "unchanged";

/**
 * Asks an endpoint.
 * @throws ApiError; DOMException AbortError when the signal ended it
 */
export async function ask<Name extends Endpoint>(
  name: Name,
  asked: Asked<Name>,
  options: CallOptions = {},
): Promise<Answer<Reply<Name>>> {
  const answer = await askIfChanged(name, asked, options);
  if (answer === unchanged) throw new ApiError("unreadable", "No usable answer", "The app told nothing.");
  return answer;
}

/** As ask; resolves to `unchanged` when `ifNoneMatch` still holds. */
export async function askIfChanged<Name extends Endpoint>(
  name: Name,
  asked: Asked<Name>,
  options: CallOptions = {},
): Promise<Answer<Reply<Name>> | typeof unchanged> {
  const { params, query, body }: AnyAsked = asked;
  const response = await send(toUrl(name, params, query), {
    method: toMethod(name),
    headers: toHeaders(options, body !== undefined),
    body: body === undefined ? null : JSON.stringify(body),
    signal: options.signal ?? null,
  });
  if (response.status === 304) return unchanged;
  const text = await readText(response);
  if (!response.ok) throw toApiError(response.status, text, response.headers);
  return { body: parseReply(text), etag: response.headers.get("etag") ?? undefined };
}

/** Address of a file to download: for a real link, so that the browser saves it and shows its progress. */
export function toDownloadUrl<Name extends DownloadEndpoint>(name: Name, asked: Asked<Name>): string {
  const { params, query }: AnyAsked = asked;
  return toUrl(name, params, query);
}

/** Where an endpoint lies, with its path's parts filled in. */
export function toUrl(name: EndpointName, params: Fields = {}, query: Fields = {}): string {
  const [, path = ""] = endpoints[name].split(" ");
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(String(params[part] ?? "")));
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? `${base}${filled}` : `${base}${filled}?${new URLSearchParams(given)}`;
}

/** The method of an endpoint. */
export function toMethod(name: EndpointName): string {
  return endpoints[name].split(" ")[0] ?? "GET";
}

/** Headers of a call; `type` is the content's where there is one. */
export function toHeaders({ ifMatch, ifNoneMatch }: CallOptions, isJson: boolean): Record<string, string> {
  return {
    ...ownHeaders,
    accept: "application/json",
    ...(isJson ? { "content-type": "application/json" } : {}),
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }),
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  // Redirects are not followed: only the platform's sign-in sends one, to another origin, where a fetch just fails.
  const response = await withNetwork(fetch(url, { ...init, redirect: "manual", cache: "no-store" }));
  if (response.type === "opaqueredirect") throw signedOut();
  return response;
}

async function readText(response: Response): Promise<string> {
  return await withNetwork(response.text());
}

/** fetch rejects with a TypeError when there is no answer; leaving the page is no such thing. */
async function withNetwork<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof TypeError) throw unreachable();
    throw error;
  }
}

/** Reads an answer. The contract is held by the server, which passes each reply through its schema; a second check here would need zod. */
export function parseReply<T>(text: string): T {
  try {
    return JSON.parse(text === "" ? "null" : text);
  } catch {
    throw new ApiError("unreadable", "No usable answer", "The app's answer could not be read.");
  }
}
