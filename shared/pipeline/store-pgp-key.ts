import type { ConnectorName } from "../chat/identifiers.ts";
import type { LockedKey } from "../decrypt/keyring.ts";
import { type PublicHalf, readPublicHalves } from "../decrypt/pgp-keys.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** The public half of a key; undefined when there is no such key. @throws DecryptError `key-unusable` */
export async function readPgpPublicHalf(
  secrets: Pick<Secrets, "getOptional">,
  name: ConnectorName,
  number: number,
): Promise<PublicHalf | undefined> {
  const armored = await secrets.getOptional(secretName(name, `pgp-private-key-${number}`), { fresh: true });
  return armored === undefined ? undefined : (await readPublicHalves(armored))[0];
}

/** Stores a key. The passphrase comes first: a key without it could not be opened by a fetch that comes in between. */
export async function storePgpKey(
  secrets: Pick<Secrets, "set" | "retire">,
  name: ConnectorName,
  number: number,
  { armored, passphrase }: LockedKey,
): Promise<void> {
  if (passphrase !== undefined) await secrets.set(secretName(name, `pgp-passphrase-${number}`), passphrase);
  await secrets.set(secretName(name, `pgp-private-key-${number}`), armored);
  if (passphrase === undefined) await secrets.retire(secretName(name, `pgp-passphrase-${number}`));
}
