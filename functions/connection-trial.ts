import type { SetupDeps } from "../shared/api/handlers/setup-deps.ts";
import { fetchHostKeys } from "../shared/fetch/sftp-site.ts";
import { openSite } from "../shared/pipeline/open-site.ts";
import type { Secrets } from "../shared/secrets/secrets.ts";
import type { ConnectOptions } from "./site-options.ts";

/** Somebody waits in front of a page: a site is given up sooner than by a fetch. */
const longestWaitInMs = 10_000;

/** Asks sites for a validation. */
export function toConnectionTrial(
  secrets: Pick<Secrets, "get" | "getOptional">,
  options: ConnectOptions,
): SetupDeps["trial"] {
  const hasty = {
    ...options,
    connectInMs: Math.min(options.connectInMs, longestWaitInMs),
    silenceInMs: Math.min(options.silenceInMs, longestWaitInMs),
  };
  return {
    openSite: (connector, signal, told) => openSite(secrets, connector, hasty, signal, told),
    fetchHostKeys: (site, signal) => fetchHostKeys(site, hasty, signal),
  };
}
