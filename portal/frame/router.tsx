import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

/** Where the reader is. */
export interface Place {
  readonly path: string;
  /** Filters and the like: they survive a reload and can be sent to a colleague. */
  readonly query: URLSearchParams;
  /**
   * The same for what names people or is typed into a search: a fragment is never sent to a server, so that no log of the
   * platform gets it.
   */
  readonly fragment: URLSearchParams;
}

/** Moves without loading the page anew. */
export interface Router {
  readonly place: Place;
  /** @param isReplacing the way back skips the place that is left, as for a filter */
  readonly go: (to: string, isReplacing?: boolean) => void;
}

const context = createContext<Router | undefined>(undefined);

/** Gives its children the place, and follows the browser's own back and forward. */
export function RouterProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const follow = (): void => setPlace(readPlace());
    addEventListener("popstate", follow);
    addEventListener("hashchange", follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener("hashchange", follow);
    };
  }, []);
  const go = useCallback((to: string, isReplacing = false) => {
    const isSamePage = new URL(to, location.href).pathname === location.pathname;
    if (isReplacing) history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    if (!isSamePage) scrollTo(0, 0);
    setPlace(readPlace());
  }, []);
  const router = useMemo(() => ({ place, go }), [place, go]);
  return <context.Provider value={router}>{children}</context.Provider>;
}

/** Where the reader is, and how to move. */
export function useRouter(): Router {
  const router = useContext(context);
  if (router === undefined) throw new Error("There is no router above this component.");
  return router;
}

/**
 * One value of the address that a control shows: reads it, and writes it without a new step of the way back. An empty one
 * is taken out; with `resets` other values go too, as a list's page when its filter changes.
 */
export function useAddressValue(
  name: string,
  where: "query" | "fragment" = "query",
  resets: readonly string[] = [],
): readonly [value: string, set: (value: string) => void] {
  const { go } = useRouter();
  const value = useRouter().place[where].get(name) ?? "";
  const set = (next: string): void => {
    const place = readPlace();
    for (const each of resets) place.query.delete(each);
    if (next === "") place[where].delete(name);
    else place[where].set(name, next);
    go(toAddress(place), true);
  };
  return [value, set];
}

/** A place as an address. */
export function toAddress({ path, query, fragment }: Place): string {
  const search = query.size === 0 ? "" : `?${query}`;
  const hash = fragment.size === 0 ? "" : `#${fragment}`;
  return `${path}${search}${hash}`;
}

function readPlace(): Place {
  const { pathname, search, hash } = location;
  return {
    path: pathname,
    query: new URLSearchParams(search),
    fragment: new URLSearchParams(hash.slice(1)),
  };
}
