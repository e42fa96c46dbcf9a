import type { z } from "zod";
import type { auditRoutes } from "../shared/api/contract/audit.ts";
import type { connectorRoutes } from "../shared/api/contract/connectors.ts";
import type { deadRoutes } from "../shared/api/contract/dead.ts";
import type { draftRoutes } from "../shared/api/contract/drafts.ts";
import type { dropRoutes } from "../shared/api/contract/drops.ts";
import type { generationRoutes } from "../shared/api/contract/generations.ts";
import type { keyRoutes } from "../shared/api/contract/keys.ts";
import type { mappingRoutes } from "../shared/api/contract/mapping.ts";
import type { searchRoutes } from "../shared/api/contract/search.ts";
import type { systemRoutes } from "../shared/api/contract/system.ts";
import type { endpoints } from "../shared/api/endpoints.ts";

/** Every route of the contract. A new contract file is added here, as a type only: the page carries no zod. */
type Routes = typeof auditRoutes &
  typeof connectorRoutes &
  typeof deadRoutes &
  typeof draftRoutes &
  typeof dropRoutes &
  typeof generationRoutes &
  typeof keyRoutes &
  typeof mappingRoutes &
  typeof searchRoutes &
  typeof systemRoutes;

/** Name of an endpoint that the page may ask. */
export type Endpoint = keyof Routes;

/** The schema of one part of a route; never where the route has none. */
type SchemaOf<Name extends Endpoint, Part extends string> =
  Routes[Name] extends Readonly<Record<Part, infer Schema extends z.ZodType>> ? Schema : never;

/** Parts of a path and of a query that the server makes numbers of may be given as either. */
type AsText<T> = { readonly [Key in keyof T]: unknown extends T[Key] ? string | number : T[Key] };

type Needed<Part extends string, T> = [T] extends [never] ? unknown : { readonly [Key in Part]: T };
type Possible<Part extends string, T> = [T] extends [never] ? unknown : { readonly [Key in Part]?: T };

/** Parts of a path, or a query. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What any endpoint is asked with. */
export interface AnyAsked {
  readonly params?: Fields;
  readonly query?: Fields;
  readonly body?: unknown;
}

/** What an endpoint is asked with: its path's parts, its query, its body. */
export type Asked<Name extends Endpoint> = AnyAsked &
  Needed<"params", AsText<z.input<SchemaOf<Name, "params">>>> &
  Possible<"query", AsText<z.input<SchemaOf<Name, "query">>>> &
  Needed<"body", z.input<SchemaOf<Name, "body">>>;

/** What an endpoint answers: its JSON, or undefined where there is none. */
export type Reply<Name extends Endpoint> = [SchemaOf<Name, "reply">] extends [never]
  ? undefined
  : z.output<SchemaOf<Name, "reply">>;

type Methods = typeof endpoints;

/** An endpoint that only tells, and does so as JSON. The search is asked by POST, since its text may not be in a URL. */
export type ReadEndpoint =
  | "search"
  | {
      [Name in Endpoint]: Methods[Name] extends `GET ${string}`
        ? [SchemaOf<Name, "reply">] extends [never]
          ? never
          : Name
        : never;
    }[Endpoint];

/** An endpoint that answers with a file. */
export type DownloadEndpoint = {
  [Name in Endpoint]: Routes[Name] extends { readonly download: string } ? Name : never;
}[Endpoint];
