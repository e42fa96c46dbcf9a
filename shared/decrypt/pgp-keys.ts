import { generateKey, type PrivateKey, type PublicKey, readKeys, readPrivateKeys } from "openpgp";
import { DecryptError } from "./decrypt-error.ts";
import { type LockedKey, unlock } from "./keyring.ts";

/** A pair of OpenPGP keys for receiving drops. */
export interface PgpKeyPair {
  /** Armored, encrypted where a passphrase was given: a secret. */
  readonly privateKey: string;
  /** Armored: what the sender gets. */
  readonly publicKey: string;
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
}

/** What to generate. */
export interface PgpKeyOptions {
  /** "curve25519" is Ed25519 with X25519 in the older form (version 4, ECDH) that every gpg since 2.1 takes. @default "rsa4096" */
  readonly kind?: "rsa4096" | "curve25519";
  /** The key's user id; names the connector, no person. @default "ICE Chat archive connector" */
  readonly name?: string;
  readonly passphrase?: string;
  /** @default now */
  readonly now?: Date;
}

/**
 * Generates a pair of OpenPGP keys that does not expire. It does not advertise AEAD: current programs would then use
 * OCB, which openpgp decrypts at 2.7 MB/s (measured). An RSA pair takes a second or more.
 */
export async function generatePgpKeys(options: PgpKeyOptions = {}): Promise<PgpKeyPair> {
  const { kind = "rsa4096", name = "ICE Chat archive connector", passphrase, now = new Date() } = options;
  const { privateKey, publicKey } = await generateKey({
    ...(kind === "rsa4096" ? { type: "rsa", rsaBits: 4096 } : { type: "ecc", curve: "ed25519Legacy" }),
    userIDs: [{ name }],
    // A clock a little behind at the sender's would find a key from the future and refuse it.
    date: new Date(now.getTime() - 86_400_000),
    ...(passphrase === undefined ? {} : { passphrase }),
    config: { aeadProtect: false },
  });
  const [described] = await inspectPrivateKey({
    armored: privateKey,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  if (described === undefined) throw new DecryptError("key-unusable");
  return { privateKey, publicKey, fingerprint: described.fingerprint };
}

/** What can be told of a private key without opening it. */
export interface PublicHalf {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Such as `rsa4096` or `ed25519Legacy`. */
  readonly algorithm: string;
  /** ms since 1970. */
  readonly createdAt: number;
  /** When the first of the key and its encryption subkey expires, ms since 1970: senders then refuse to encrypt. */
  readonly expiresAt: number | undefined;
  /** Whether it is stored under a passphrase. */
  readonly isProtected: boolean;
  /** Armored public half. */
  readonly publicKey: string;
}

/** What the admin is shown of a private key. */
export interface PrivateKeyFacts extends PublicHalf {
  /** Ids of the key and its subkeys, 16 hex digits each. */
  readonly keyIds: readonly string[];
  /** Whether the given passphrase opens it; true where none is needed. */
  readonly isUnlocked: boolean;
  /** Whether it has a part that can decrypt, as far as can be told: false for a locked one. */
  readonly canDecrypt: boolean;
}

/** Tells about each key of an armored private block without opening any. @throws DecryptError `key-unusable` */
export async function readPublicHalves(armored: string): Promise<readonly PublicHalf[]> {
  const keys = await readPrivateKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  return await Promise.all(keys.map(toPublicHalf));
}

/**
 * When the first of a block's keys expires, ms since 1970; undefined when none does. Without unlocking anything.
 * @throws DecryptError `key-unusable`
 */
export async function readKeyExpiry(armored: string): Promise<number | undefined> {
  const keys = await readPrivateKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  const times = (await Promise.all(keys.map(expiryOf))).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Tells about each key of an armored block. @throws DecryptError `key-unusable` when it holds no private key */
export async function inspectPrivateKey(locked: LockedKey): Promise<readonly PrivateKeyFacts[]> {
  const keys = await readPrivateKeys({ armoredKeys: locked.armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  const unlocked = await unlock(locked).catch((error: unknown) => {
    if (error instanceof DecryptError && error.reason === "passphrase-wrong") return undefined;
    throw error;
  });
  return Promise.all(keys.map((key, i) => describe(key, unlocked?.[i])));
}

/** What the admin is shown of a public key. */
export interface PublicKeyFacts {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** When the first of the key and its subkeys expires, ms since 1970. */
  readonly expiresAt: number | undefined;
}

/** Tells about each public key of an armored block. @throws DecryptError `key-unusable` when it holds none */
export async function inspectPublicKeys(armored: string): Promise<readonly PublicKeyFacts[]> {
  const keys = await readKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  return await Promise.all(
    keys.map(async (key) => ({ fingerprint: key.getFingerprint().toUpperCase(), expiresAt: await expiryOf(key) })),
  );
}

async function describe(key: PrivateKey, unlocked: PrivateKey | undefined): Promise<PrivateKeyFacts> {
  return {
    ...(await toPublicHalf(key)),
    keyIds: key.getKeyIDs().map((id) => id.toHex()),
    isUnlocked: unlocked !== undefined,
    canDecrypt: unlocked !== undefined && (await canDecrypt(unlocked)),
  };
}

async function toPublicHalf(key: PrivateKey): Promise<PublicHalf> {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    algorithm: curve ?? (bits === undefined ? algorithm : `rsa${bits}`),
    createdAt: key.getCreationTime().getTime(),
    expiresAt: await expiryOf(key),
    isProtected: !key.isDecrypted(),
    publicKey: key.toPublic().armor(),
  };
}

async function expiryOf(key: PrivateKey | PublicKey): Promise<number | undefined> {
  const parts = [key.getExpirationTime(), ...key.subkeys.map((subkey) => subkey.getExpirationTime())];
  const times = (await Promise.all(parts)).filter((time) => time instanceof Date).map((time) => time.getTime());
  return times.length === 0 ? undefined : Math.min(...times);
}

async function canDecrypt(key: PrivateKey): Promise<boolean> {
  const parts = await key.getDecryptionKeys(undefined, null).catch(() => []);
  return parts.length > 0;
}
