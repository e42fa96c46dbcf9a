import {
  decryptKey,
  decryptSessionKeys,
  type PrivateKey,
  type PublicKey,
  readKeys,
  readMessage,
  readPrivateKeys,
} from "openpgp";
import { DecryptError } from "./decrypt-error.ts";
import type { MessageHead } from "./packet-frames.ts";

/** A private key as it is kept: both are secrets. */
export interface LockedKey {
  /** Armored; a block may hold several keys. */
  readonly armored: string;
  readonly passphrase?: string;
}

/** The keys that a connector decrypts and checks with. */
export interface KeyringOptions {
  /** The current key and old ones. */
  readonly privateKeys: readonly LockedKey[];
  /** Armored public keys; with at least one, only files that one of them has signed are accepted. */
  readonly signers?: readonly string[];
}

const hidden = "0".repeat(16);

/** Keys, read and unlocked once, for any number of files. */
export class Keyring {
  readonly #privateKeys: readonly PrivateKey[];
  readonly signers: readonly PublicKey[];

  private constructor(privateKeys: readonly PrivateKey[], signers: readonly PublicKey[]) {
    this.#privateKeys = privateKeys;
    this.signers = signers;
  }

  /** Reads and unlocks the keys. @throws DecryptError `key-unusable`, `passphrase-wrong` */
  static async open({ privateKeys, signers = [] }: KeyringOptions): Promise<Keyring> {
    const unlocked = await Promise.all(privateKeys.map(unlock));
    const known = await Promise.all(signers.map(readSigners));
    if (unlocked.flat().length === 0) throw new DecryptError("key-unusable");
    return new Keyring(unlocked.flat(), known.flat());
  }

  /** Fingerprints of the private keys, upper-case hexadecimal. */
  get fingerprints(): readonly string[] {
    return this.#privateKeys.map((key) => key.getFingerprint().toUpperCase());
  }

  /**
   * The private key that opens the message.
   * @throws DecryptError `wrong-key`, `password-only`, `damaged`, `unsupported-algorithm`
   */
  async match({ keyIds, passwords, sessionKeys }: MessageHead): Promise<PrivateKey> {
    const detail = { wantedKeyIds: keyIds, ownFingerprints: this.fingerprints };
    if (keyIds.length === 0) throw new DecryptError(passwords > 0 ? "password-only" : "damaged");
    const named = this.#privateKeys.filter((key) => key.getKeys().some((part) => keyIds.includes(toId(part))));
    const candidates = keyIds.includes(hidden) ? this.#privateKeys : named;
    let failure: unknown;
    for (const key of candidates) {
      const tried = await opens(key, sessionKeys);
      if (tried === true) return key;
      failure = tried;
    }
    if (named.length === 0) throw new DecryptError("wrong-key", detail, { cause: failure });
    throw toSessionKeyError(failure);
  }
}

/** Reads armored private keys and unlocks them. @throws DecryptError `key-unusable`, `passphrase-wrong` */
export async function unlock({ armored, passphrase }: LockedKey): Promise<PrivateKey[]> {
  const keys = await readPrivateKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  return Promise.all(keys.map((key) => unlockOne(key, passphrase)));
}

async function unlockOne(key: PrivateKey, passphrase: string | undefined): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  if (passphrase === undefined) throw new DecryptError("passphrase-wrong");
  return decryptKey({ privateKey: key, passphrase }).catch((cause: unknown) => {
    throw new DecryptError("passphrase-wrong", {}, { cause });
  });
}

async function readSigners(armored: string): Promise<PublicKey[]> {
  const keys = await readKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw new DecryptError("key-unusable", {}, { cause });
  });
  return keys.map((key) => key.toPublic());
}

/** Tries the key on the session key packets alone, so that the data need not be read twice. */
async function opens(key: PrivateKey, sessionKeys: Uint8Array): Promise<unknown> {
  try {
    const message = await readMessage({ binaryMessage: sessionKeys, config: { enforceGrammar: false } });
    await decryptSessionKeys({ message, decryptionKeys: key });
    return true;
  } catch (error) {
    return error;
  }
}

function toSessionKeyError(failure: unknown): DecryptError {
  const words = failure instanceof Error ? failure.message : "";
  const isUnsupported = /non-preferred|not supported|unsupported|unknown|invalid enum value/i.test(words);
  return new DecryptError(isUnsupported ? "unsupported-algorithm" : "damaged", {}, { cause: failure });
}

function toId(part: { getKeyID(): { toHex(): string } }): string {
  return part.getKeyID().toHex();
}
