import type { SetupDeps } from "../shared/api/handlers/setup-deps.ts";
import type { Settings } from "../shared/config/settings.ts";
import { fetchHostKeys } from "../shared/fetch/sftp-site.ts";
import { openSite } from "../shared/pipeline/open-site.ts";
import type { Secrets } from "../shared/secrets/secrets.ts";

/** Somebody waits in front of a page: a site is given up sooner than by a fetch. */
const longestWaitInMs = 10_000;

/** Asks sites for a validation. */
export function toConnectionTrial(
  settings: Pick<Settings, "SFTP_CONNECT_SECONDS" | "SFTP_SILENCE_SECONDS">,
  secrets: Pick<Secrets, "get" | "getOptional">,
): SetupDeps["trial"] {
  const timeouts = {
    connectInMs: Math.min(settings.SFTP_CONNECT_SECONDS * 1000, longestWaitInMs),
    silenceInMs: Math.min(settings.SFTP_SILENCE_SECONDS * 1000, longestWaitInMs),
  };
  return {
    openSite: (connector, signal, told) => openSite(secrets, connector, timeouts, signal, told),
    fetchHostKeys: (site, signal) => fetchHostKeys(site, timeouts, signal),
  };
}
