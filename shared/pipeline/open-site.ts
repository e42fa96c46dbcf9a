import type { Connector } from "../config/connector.ts";
import { connectSftpSite } from "../fetch/sftp-site.ts";
import type { Site, SiteLogin, SiteTimeouts } from "../fetch/site.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";

/**
 * Signs in to a connector's site with the secrets that the vault has for it now: they are asked for afresh, so that a
 * rotated password works from the next fetch on.
 * @throws SiteError, MissingSecret
 */
export async function openSite(
  secrets: Pick<Secrets, "get" | "getOptional">,
  connector: Connector,
  timeouts: SiteTimeouts,
  signal: AbortSignal,
): Promise<Site> {
  const { host, port, hostKeys } = connector.site;
  return await connectSftpSite({ host, port, hostKeys }, await readLogin(secrets, connector), timeouts, signal);
}

async function readLogin(secrets: Pick<Secrets, "get" | "getOptional">, { name, site }: Connector): Promise<SiteLogin> {
  const fresh = { fresh: true };
  const password = site.login === "key" ? undefined : await secrets.get(secretName(name, "sftp-password"), fresh);
  const privateKey =
    site.login === "password" ? undefined : await secrets.get(secretName(name, "sftp-private-key"), fresh);
  const passphrase =
    privateKey === undefined ? undefined : await secrets.getOptional(secretName(name, "sftp-passphrase"), fresh);
  return {
    user: site.user,
    ...(password === undefined ? {} : { password }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}
