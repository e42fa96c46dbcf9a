import type { PageRoute } from "../frame/route-match.ts";
import { KeysPage } from "./keys-page.tsx";
import { MappingPage } from "./mapping-page.tsx";
import { SettingsPage } from "./settings-page.tsx";
import { WizardPage } from "./wizard-page.tsx";

/** The pages by which a connector is set up and changed. A step of the wizard goes before a connector's page. */
export const setupRoutes: readonly PageRoute[] = [
  { path: "/connectors/new", Page: WizardPage },
  { path: "/connectors/new/{step}", Page: WizardPage },
  { path: "/connectors/{name}/settings", Page: SettingsPage },
  { path: "/connectors/{name}/keys", Page: KeysPage },
  { path: "/connectors/{name}/mapping", Page: MappingPage },
];
