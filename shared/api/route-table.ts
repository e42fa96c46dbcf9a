import { type EndpointName, endpoints } from "./endpoints.ts";
import type { Operation } from "./operation.ts";
import { ApiProblem } from "./problem.ts";

/** An operation that was found by method and path. */
export interface Found<Deps> {
  readonly operation: Operation<Deps>;
  /** The parts of the path in braces, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds operations by what is asked for. */
export interface RouteTable<Deps> {
  /**
   * @param path below /api/v1, as it was sent: still encoded
   * @throws ApiProblem: 404; 405 with Allow when the path takes other methods only
   */
  find(method: string, path: string): Found<Deps>;
  /** What a path may be asked with, for Allow; empty when there is no such path. */
  allowed(path: string): readonly string[];
}

interface Row<Deps> {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly operation: Operation<Deps>;
}

/** Makes the table; where two paths fit, the one with the longer literal text goes first (`mapping.csv` before `{name}`). */
export function createRouteTable<Deps>(operations: readonly Operation<Deps>[]): RouteTable<Deps> {
  const rows = operations
    .toSorted((a, b) => toLiteralLength(b.route.endpoint) - toLiteralLength(a.route.endpoint))
    .map(toRow);
  const allowed = (path: string): readonly string[] => {
    const methods = rows.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (methods.length === 0) return [];
    return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].toSorted();
  };
  return {
    allowed,
    find: (method, path) => {
      for (const row of rows) {
        const values = row.method === method ? row.pattern.exec(path)?.slice(1) : undefined;
        if (values !== undefined) return { operation: row.operation, params: toParams(row.names, values) };
      }
      const allow = allowed(path).join(", ");
      if (allow === "") throw noSuchPath();
      throw new ApiProblem("method-not-allowed", `It takes ${allow}.`, { headers: { allow } });
    },
  };
}

/** 404 for a path that is no endpoint's. */
function noSuchPath(): ApiProblem {
  return new ApiProblem("not-found", "There is no such endpoint; /api/v1/openapi.json lists them.");
}

/** An endpoint's method and path, such as `GET` and `/drops/{drop}`. */
export function toMethodAndPath(endpoint: EndpointName): readonly [method: string, path: string] {
  const [method = "", path = ""] = endpoints[endpoint].split(" ");
  return [method, path];
}

function toRow<Deps>(operation: Operation<Deps>): Row<Deps> {
  const [method, path] = toMethodAndPath(operation.route.endpoint);
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const source = path
    .split(/\{\w+\}/)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("([^/]+)");
  return { method, names, operation, pattern: new RegExp(`^${source}$`) };
}

function toLiteralLength(endpoint: EndpointName): number {
  return toMethodAndPath(endpoint)[1].replaceAll(/\{\w+\}/g, "").length;
}

function toParams(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at] ?? "")]));
  } catch {
    // Not UTF-8 behind the percent signs: nothing has such a name.
    throw noSuchPath();
  }
}
