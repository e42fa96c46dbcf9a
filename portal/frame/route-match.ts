import type { ReactNode } from "react";

/** The parts of a page's address in braces. */
export type PageParams = Readonly<Record<string, string>>;

/** A page: at which address, and what is shown there. */
export interface PageRoute {
  /** Such as `/connectors/{name}`. */
  readonly path: string;
  readonly Page: (props: { readonly params: PageParams }) => ReactNode;
}

/** Finds the page of an address: the first that fits, and the parts of its path, decoded. */
export function matchRoute(
  routes: readonly PageRoute[],
  path: string,
): { readonly route: PageRoute; readonly params: PageParams } | undefined {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string, path: string): PageParams | undefined {
  const asked = split(path);
  const wanted = split(pattern);
  if (asked.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const given = asked[at] ?? "";
    if (!part.startsWith("{")) {
      if (part !== given) return undefined;
      continue;
    }
    const value = decode(given);
    if (value === undefined) return undefined;
    params[part.slice(1, -1)] = value;
  }
  return params;
}

function split(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
