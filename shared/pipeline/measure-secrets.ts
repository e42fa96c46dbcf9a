import type { Connector } from "../config/connector.ts";
import { readKeyExpiry } from "../decrypt/pgp-keys.ts";
import { type SecretPart, secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Log } from "../telemetry/log.ts";

/** What telling of secrets takes. */
export interface MeasureSecretsDeps {
  readonly secrets: Pick<Secrets, "get" | "datesOf">;
  readonly log: Log;
  readonly clock: { now(): number };
}

const dayInMs = 24 * 3600 * 1000;
/** Told of as expiring soon: long enough before it for two parties to exchange a key. */
const soonInDays = 30;

/** What a connector signs in and decrypts with today; a PGP key that is kept for old evidence may expire. */
function partsOf({ site, encryption }: Connector): SecretPart[] {
  const [newest] = encryption.type === "pgp" ? encryption.keys : [];
  return [
    ...(site.login === "key" ? [] : ["sftp-password" as const]),
    ...(site.login === "password" ? [] : ["sftp-private-key" as const]),
    ...(newest === undefined ? [] : [`pgp-private-key-${newest}` as const]),
  ];
}

/**
 * Says how old a connector's secrets are and when they expire: by the date that somebody gave them in the vault, and a PGP
 * key by its own, after which senders refuse to encrypt for it. @throws VaultFault, DecryptError `key-unusable`
 */
export async function measureSecrets(deps: MeasureSecretsDeps, connector: Connector): Promise<void> {
  for (const part of partsOf(connector)) await measureSecret(deps, connector, part);
}

async function measureSecret(
  { secrets, log, clock }: MeasureSecretsDeps,
  connector: Connector,
  part: SecretPart,
): Promise<void> {
  const name = secretName(connector.name, part);
  const dates = await secrets.datesOf(name);
  if (dates === undefined) return;
  const ownExpiry = part.startsWith("pgp") ? await readKeyExpiry(await secrets.get(name)) : undefined;
  const expiries = [dates.expiresAt, ownExpiry].filter((time) => time !== undefined);
  const inDays = (ms: number): number => Math.floor(ms / dayInMs);
  const now = clock.now();
  const told = {
    connector: connector.name,
    secret: part,
    ageInDays: dates.createdAt === undefined ? undefined : inDays(now - dates.createdAt),
    expiresInDays: expiries.length === 0 ? undefined : inDays(Math.min(...expiries) - now),
  };
  log.info("secret.measured", told);
  if (told.expiresInDays !== undefined && told.expiresInDays < soonInDays) log.warn("secret.expires-soon", told);
}
