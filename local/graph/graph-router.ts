import { folderRoutes } from "./folder-routes.ts";
import type { GraphRoute } from "./graph-call.ts";
import { badRequest, GraphRefusal, notModelled } from "./graph-refusal.ts";
import { groupRoutes } from "./group-routes.ts";
import { messageRoutes } from "./message-routes.ts";
import { userRoutes } from "./user-routes.ts";

const VERSION = "v1.0";

/** A route that fits a request, and the variable parts of its path. */
export interface RouteFound {
  readonly route: GraphRoute;
  readonly params: ReadonlyMap<string, string>;
}

const ROUTES = [...userRoutes, ...groupRoutes, ...folderRoutes, ...messageRoutes].map((route) => ({
  route,
  parts: route.path.split("/"),
}));

/**
 * Finds the route of a request.
 *
 * @param pathname as it came over the wire, still encoded: a `#` in a user's name must come as `%23`
 * @throws GraphRefusal 400, 405 or 501
 */
export function findRoute(method: string, pathname: string): RouteFound {
  const [empty, version, ...segments] = pathname.split("/").map(decodeSegment);
  if (empty !== "" || version !== VERSION) throw badRequest(`Invalid version: ${version ?? ""}`);
  const fitting = ROUTES.flatMap(({ route, parts }) => {
    const params = fit(parts, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (fitting.length === 0) throw notModelled(`the path ${pathname}`);
  if (method === "PATCH") throw notModelled("PATCH: what an item is, it is from its making");
  throw new GraphRefusal(405, "Request_BadRequest", `Specified HTTP method ${method} is not allowed here.`);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest("The path is not well encoded.");
  }
}

function fit(parts: readonly string[], segments: readonly string[]): ReadonlyMap<string, string> | undefined {
  if (parts.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [at, part] of parts.entries()) {
    const segment = segments[at] ?? "";
    if (part.startsWith(":") && segment !== "") params.set(part.slice(1), segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return params;
}
