import type { z } from "zod";
import type { EndpointName } from "./endpoints.ts";

/** What may go in and come out of an endpoint, and who may ask. The OpenAPI document is made of these. */
export interface Route {
  readonly endpoint: EndpointName;
  /** "reader" endpoints change nothing; "admin" ones may. */
  readonly role: "reader" | "admin";
  /** One sentence, for the document. */
  readonly summary: string;
  /** The parts of the path in braces. */
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** A JSON body; of `upload` the bytes are handed on as they come. */
  readonly body?: z.ZodType;
  /** Takes a file instead of JSON: its content type and the most bytes it may have. */
  readonly upload?: { readonly contentType: string; readonly mostBytes: number };
  /** The JSON that is answered with 200; without one it is 204. */
  readonly reply?: z.ZodType;
  /** Answers with a file instead: its content type. */
  readonly download?: string;
}

/** Keeps a route's exact type, by which its handler and the page are checked. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}
