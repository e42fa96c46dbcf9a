import { createHash } from "node:crypto";
import type { ConnectorName } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { Keyring, type KeyringOptions, type LockedKey } from "../decrypt/keyring.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";

type KeySecrets = Pick<Secrets, "get" | "getOptional">;

/** Keyrings by vault and connector, each with a hash of what it was opened with. */
const shelf = new WeakMap<KeySecrets, Map<ConnectorName, { readonly hash: string; readonly keyring: Keyring }>>();

/**
 * The keys that a connector decrypts with; undefined when its files are plain. The same keyring is given out as long as the
 * secrets are the same: opening a key that gpg has locked takes 125 MB for a moment and 0.2 s (m), and a drop may have a
 * hundred files.
 * @throws DecryptError `key-unusable`, `passphrase-wrong`; MissingSecret
 */
export async function keyringOf(secrets: KeySecrets, { name, encryption }: Connector): Promise<Keyring | undefined> {
  if (encryption.type === "none") return undefined;
  const options = { privateKeys: await readKeys(secrets, name, encryption.keys), signers: encryption.signers };
  const hash = toHash(options);
  const ofVault = shelf.get(secrets) ?? new Map();
  shelf.set(secrets, ofVault);
  const known = ofVault.get(name);
  if (known?.hash === hash) return known.keyring;
  const keyring = await Keyring.open(options);
  ofVault.set(name, { hash, keyring });
  return keyring;
}

async function readKeys(secrets: KeySecrets, name: ConnectorName, numbers: readonly number[]): Promise<LockedKey[]> {
  return await Promise.all(
    numbers.map(async (n): Promise<LockedKey> => {
      const armored = await secrets.get(secretName(name, `pgp-private-key-${n}`));
      const passphrase = await secrets.getOptional(secretName(name, `pgp-passphrase-${n}`));
      return passphrase === undefined ? { armored } : { armored, passphrase };
    }),
  );
}

function toHash(options: KeyringOptions): string {
  return createHash("sha256").update(JSON.stringify(options)).digest("hex");
}
