import { toLiteralPattern } from "../literal-pattern.ts";

/** An HTTP function's route, e.g. `api/drops/{drop}/{*rest}`. */
export interface Route {
  readonly template: string;
  /** Higher goes first: literal segments before parameters before a catch-all. */
  readonly precedence: string;
  /** The parameters' values for a path that fits (without leading slash, still escaped), undefined otherwise. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

const reserved = /^\/?(admin|runtime)(\/|$)/i;
const segmentPattern = /^\{(?<star>\*{0,2})(?<name>\w+)(?::[^}?]+)?(?<optional>\?)?\}$/;

/**
 * Parses a route template: literals, `{name}`, `{name?}`, `{*rest}`; a constraint such as `{id:int}` is read and not checked.
 * Throws, with the real host's words, for routes under `admin` and `runtime`.
 */
export function parseRoute(route: string, prefix: string): Route {
  if (reserved.test(route)) throw new Error("The specified route conflicts with one or more built in routes.");
  const template = [prefix, route]
    .map((part) => part.replaceAll(/^\/+|\/+$/g, ""))
    .filter((part) => part !== "")
    .join("/");
  const segments = template.split("/").map(toSegment);
  const expression = new RegExp(`^${segments.map(({ source }) => source).join("")}/?$`, "i");
  return {
    template,
    precedence: segments.map(({ rank }) => rank).join(""),
    match: (path) => {
      const found = expression.exec(`/${path}`);
      if (found === null) return undefined;
      const given = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined);
      return Object.fromEntries(given.map(([name, value]) => [name, decode(value)]));
    },
  };
}

/** What is no escaped UTF-8 stays as it is, as in the real host. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function toSegment(segment: string): { source: string; rank: string } {
  const parts = segmentPattern.exec(segment)?.groups;
  if (parts === undefined) return { source: `/${toLiteralPattern(segment)}`, rank: "3" };
  if (parts.star !== "") return { source: `(?:/(?<${parts.name}>.*))?`, rank: "0" };
  if (parts.optional === "?") return { source: `(?:/(?<${parts.name}>[^/]+))?`, rank: "1" };
  return { source: `/(?<${parts.name}>[^/]+)`, rank: "2" };
}
