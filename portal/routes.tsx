import { ConnectorPage } from "./connectors/connector-page.tsx";
import { ConnectorsPage } from "./connectors/connectors-page.tsx";
import { DropPage } from "./drops/drop-page.tsx";
import { DropsPage } from "./drops/drops-page.tsx";
import type { PageRoute } from "./frame/route-match.ts";
import { AboutPage } from "./pages/about-page.tsx";
import { AuditPage } from "./pages/audit-page.tsx";
import { SearchPage } from "./search/search-page.tsx";
import { setupRoutes } from "./setup/routes.tsx";

/** Every page by its address; the first that fits is shown. */
export const routes: readonly PageRoute[] = [
  ...setupRoutes,
  { path: "/", Page: ConnectorsPage },
  { path: "/connectors", Page: ConnectorsPage },
  { path: "/connectors/{name}", Page: ConnectorPage },
  { path: "/drops", Page: DropsPage },
  { path: "/drops/{drop}", Page: DropPage },
  { path: "/search", Page: SearchPage },
  { path: "/audit", Page: AuditPage },
  { path: "/about", Page: AboutPage },
];
