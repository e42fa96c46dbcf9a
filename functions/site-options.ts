import { isLaptop } from "../shared/config/is-laptop.ts";
import type { Settings } from "../shared/config/settings.ts";
import { toMayBeSite } from "../shared/fetch/guarded-lookup.ts";
import type { SiteOptions } from "../shared/fetch/site.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How sites are spoken to by this app. */
export type ConnectOptions = Required<Pick<SiteOptions, "connectInMs" | "silenceInMs" | "mayBeSite">>;

/** Where the platform gives out tokens for the app's identity (learn.microsoft.com/azure/app-service/overview-managed-identity). */
const identityEndpoints = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"] as const;

/**
 * How long to wait for a site, and where one may be: on a laptop also on the machine itself, where the sample's site is. In
 * Azure whatever listens there is the platform's, and gives tokens for the app's identity to whoever asks.
 */
export function toSiteOptions(
  settings: Pick<Settings, "SFTP_CONNECT_SECONDS" | "SFTP_SILENCE_SECONDS">,
  environment: Environment,
): ConnectOptions {
  return {
    connectInMs: settings.SFTP_CONNECT_SECONDS * 1000,
    silenceInMs: settings.SFTP_SILENCE_SECONDS * 1000,
    mayBeSite: toMayBeSite({
      toOwnMachine: isLaptop(environment),
      except: identityEndpoints.flatMap((name) => toHost(environment[name])),
    }),
  };
}

/** An address of the firm's own network can be the endpoint, too. A name is looked up nowhere: it leads to one of the machine's own. */
function toHost(endpoint: string | undefined): string[] {
  if (endpoint === undefined || !URL.canParse(endpoint)) return [];
  return [new URL(endpoint).hostname.replace(/^\[|\]$/g, "")];
}
