import type { PageRoute } from "./frame/route-match.ts";
import { AboutPage } from "./pages/about-page.tsx";
import { setupRoutes } from "./setup/routes.tsx";

/** Every page by its address; the first that fits is shown. */
export const routes: readonly PageRoute[] = [...setupRoutes, { path: "/about", Page: AboutPage }];
