import type { Connector } from "../config/connector.ts";
import { connectSftpSite } from "../fetch/sftp-site.ts";
import type { SignInTold } from "../fetch/sign-in.ts";
import type { Site, SiteLogin, SiteOptions } from "../fetch/site.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** What a sign-in takes of a connector. */
export type SiteChoices = Pick<Connector, "name"> & {
  readonly site: Pick<Connector["site"], "host" | "port" | "user" | "hostKeys" | "login">;
};

/**
 * Signs in to a connector's site with the secrets that the vault has for it now: they are asked for afresh, so that a
 * rotated password works from the next fetch on. While SSH keys are rotated both are offered, the current one first.
 *
 * @param told takes which of the two keys the site took
 * @throws SiteError, MissingSecret
 */
export async function openSite(
  secrets: Pick<Secrets, "get" | "getOptional">,
  connector: SiteChoices,
  options: SiteOptions,
  signal: AbortSignal,
  told: SignInTold = {},
): Promise<Site> {
  const { host, port, hostKeys } = connector.site;
  const login = await readLogin(secrets, connector);
  return await connectSftpSite({ host, port, hostKeys }, login, options, signal, told);
}

async function readLogin(
  secrets: Pick<Secrets, "get" | "getOptional">,
  { name, site }: SiteChoices,
): Promise<SiteLogin> {
  const fresh = { fresh: true };
  const password = site.login === "key" ? undefined : await secrets.get(secretName(name, "sftp-password"), fresh);
  const ofUser = { user: site.user, ...(password === undefined ? {} : { password }) };
  if (site.login === "password") return ofUser;
  // The next one is read first: while the two change places one of them is always there.
  const next = await secrets.getOptional(secretName(name, "sftp-private-key-next"), fresh);
  const nextKey =
    next === undefined ? undefined : withPassphrase(next, await passphraseOf(secrets, name, "sftp-passphrase-next"));
  const privateKey = await secrets.get(secretName(name, "sftp-private-key"), fresh);
  const current = withPassphrase(privateKey, await passphraseOf(secrets, name, "sftp-passphrase"));
  return { ...ofUser, ...current, ...(nextKey === undefined ? {} : { nextKey }) };
}

async function passphraseOf(
  secrets: Pick<Secrets, "getOptional">,
  name: Connector["name"],
  part: "sftp-passphrase" | "sftp-passphrase-next",
): Promise<string | undefined> {
  return await secrets.getOptional(secretName(name, part), { fresh: true });
}

function withPassphrase(privateKey: string, passphrase: string | undefined) {
  return passphrase === undefined ? { privateKey } : { privateKey, passphrase };
}
