import type { PageRoute } from "../frame/route-match.ts";

/** Pages of the set-up: wizard, keys, mapping, settings. */
export const setupRoutes: readonly PageRoute[] = [];
