import type { z } from "zod";
import type { Principal } from "./principal.ts";
import type { Route } from "./route.ts";

/** What a schema of a route lets through; undefined where the route has none. */
type Parsed<R, Part extends "params" | "query" | "body"> =
  R extends Readonly<Record<Part, infer Schema extends z.ZodType>> ? z.output<Schema> : undefined;

/** A call that has passed every check: who asks is known and may, and all that was given fits the route's schemas. */
export interface ApiRequest<R extends Route> {
  readonly principal: Principal;
  readonly params: Parsed<R, "params">;
  readonly query: Parsed<R, "query">;
  readonly body: Parsed<R, "body">;
  /** The file's bytes as they come. Reading them throws ApiProblem (413) once there are more than the route takes. */
  readonly upload: R extends { readonly upload: object } ? AsyncIterable<Uint8Array> : undefined;
  /** The version that the caller knows (header If-Match), without quotation marks; "*" is any. For require-match.ts. */
  readonly ifMatch: string | undefined;
}

/** What every answer may bring beside its content. */
interface ReplyHead {
  /** The document's version, as storage gave it: the ETag that a later change has to name. */
  readonly etag?: string | undefined;
}

/** A file to be saved. Its name is told to the browser, and so is made of plain letters, digits, dots and hyphens. */
export interface ReplyFile {
  readonly name: string;
  readonly content: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** What a handler answers: the route's reply, its file, or nothing (204). Expected refusals are thrown: problem.ts. */
export type ApiReply<R extends Route> = R extends { readonly download: string }
  ? ReplyHead & { readonly file: ReplyFile }
  : R extends { readonly reply: infer Schema extends z.ZodType }
    ? ReplyHead & { readonly body: z.output<Schema> }
    : ReplyHead;

/** Does what one endpoint is for. */
export type Handler<R extends Route, Deps> = (deps: Deps, request: ApiRequest<R>) => Promise<ApiReply<R>>;

/** A handler for each of a contract's routes. */
export type HandlersFor<Routes extends Readonly<Record<string, Route>>, Deps> = {
  readonly [Name in keyof Routes]: Handler<Routes[Name], Deps>;
};

/** A request of any route. */
export interface AnyRequest {
  readonly principal: Principal;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly upload: AsyncIterable<Uint8Array> | undefined;
  readonly ifMatch: string | undefined;
}

/** A reply of any route. */
export interface AnyReply extends ReplyHead {
  readonly body?: unknown;
  readonly file?: ReplyFile;
}

/**
 * A handler of any route. A method, since TypeScript lets a method be one that takes narrower requests: the router has read
 * each request by the schemas of the very route that the handler's type is made of.
 */
export interface AnyHandler<Deps> {
  handle(deps: Deps, request: AnyRequest): Promise<AnyReply>;
}
