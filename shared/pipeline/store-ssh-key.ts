import type { ConnectorName } from "../chat/identifiers.ts";
import { describePrivateSshKey, type SshKeyPair } from "../fetch/ssh-keys.ts";
import { type SecretPart, secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** Which of a connector's two SSH keys: the one in use, or the one that is to take its place. */
export type WhichSshKey = "current" | "next";

/** A private key as it is kept: both are secrets. */
export interface LockedSshKey {
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
}

const parts = {
  current: ["sftp-private-key", "sftp-passphrase"],
  next: ["sftp-private-key-next", "sftp-passphrase-next"],
} as const satisfies Record<WhichSshKey, readonly [SecretPart, SecretPart]>;

/** The key that is there; undefined when there is none. Asked of the vault, not of a copy. */
export async function readSshKey(
  secrets: Pick<Secrets, "getOptional">,
  name: ConnectorName,
  which: WhichSshKey,
): Promise<LockedSshKey | undefined> {
  const [keyPart, passphrasePart] = parts[which];
  const privateKey = await secrets.getOptional(secretName(name, keyPart), { fresh: true });
  if (privateKey === undefined) return undefined;
  const passphrase = await secrets.getOptional(secretName(name, passphrasePart), { fresh: true });
  return { privateKey, passphrase };
}

/**
 * The public half of a key, with a comment that names the connector and no person.
 * @throws SiteError `private-key-unusable`
 */
export function toPublicHalf(
  name: ConnectorName,
  { privateKey, passphrase }: LockedSshKey,
): Omit<SshKeyPair, "privateKey"> {
  return describePrivateSshKey(privateKey, passphrase, `icechat-${name}`);
}

/** Stores a key. The passphrase comes first: a key without it could not be opened by a fetch that comes in between. */
export async function storeSshKey(
  secrets: Pick<Secrets, "set" | "retire">,
  name: ConnectorName,
  which: WhichSshKey,
  { privateKey, passphrase }: LockedSshKey,
): Promise<void> {
  const [keyPart, passphrasePart] = parts[which];
  if (passphrase !== undefined) await secrets.set(secretName(name, passphrasePart), passphrase);
  await secrets.set(secretName(name, keyPart), privateKey);
  if (passphrase === undefined) await secrets.retire(secretName(name, passphrasePart));
}

/** Takes a key out of use. Its versions stay in the vault. */
export async function retireSshKey(
  secrets: Pick<Secrets, "retire">,
  name: ConnectorName,
  which: WhichSshKey,
): Promise<void> {
  for (const part of parts[which]) await secrets.retire(secretName(name, part));
}

/**
 * Puts the next key in the current one's place, and then takes it out of the next one's: at every moment one of the two is
 * whole, and a fetch offers both. Breaking off and doing it again comes to the same.
 */
export async function switchSshKeys(
  secrets: Pick<Secrets, "set" | "retire">,
  name: ConnectorName,
  next: LockedSshKey,
): Promise<void> {
  await storeSshKey(secrets, name, "current", next);
  await retireSshKey(secrets, name, "next");
}
