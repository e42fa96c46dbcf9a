import { readFileSync } from "node:fs";
import { DecryptError } from "../../shared/decrypt/decrypt-error.ts";
import { inspectPrivateKey } from "../../shared/decrypt/pgp-keys.ts";
import { SiteError } from "../../shared/fetch/site-error.ts";
import { describePrivateSshKey } from "../../shared/fetch/ssh-keys.ts";
import { WrongOption } from "./wrong-option.ts";

/** A private key of the user's own, and what opens it. */
export interface OwnKey {
  readonly text: string;
  readonly passphrase?: string;
}

/**
 * Reads `--pgp-key FILE` and tries it: a key that does not work is better told now than by every file.
 * @throws WrongOption
 */
export async function readPgpKey(path: string, passphrase = ""): Promise<OwnKey> {
  const armored = readFileSync(path, "latin1");
  const given = passphrase === "" ? {} : { passphrase };
  const keys = await inspectPrivateKey({ armored, ...given }).catch((error: unknown) => {
    if (!(error instanceof DecryptError)) throw error;
    throw new WrongOption(
      `--pgp-key: ${path} is no armored private PGP key. Make it with gpg --armor --export-secret-keys NAME > key.asc`,
    );
  });
  if (keys.some(({ isUnlocked }) => !isUnlocked)) {
    const problem = passphrase === "" ? "needs its passphrase" : "is not opened by the passphrase";
    throw new WrongOption(`--pgp-key: ${path} ${problem} in the environment variable PGP_PASSPHRASE.`);
  }
  if (!keys.some(({ canDecrypt }) => canDecrypt)) {
    throw new WrongOption(`--pgp-key: ${path} has no part that can decrypt. Give the key with its encryption subkey.`);
  }
  return { text: armored, ...given };
}

/** Reads `--ssh-key FILE` and tries it. @throws WrongOption */
export function readSshKey(path: string, passphrase = ""): OwnKey {
  const text = readFileSync(path, "latin1");
  const given = passphrase === "" ? {} : { passphrase };
  try {
    describePrivateSshKey(text, given.passphrase);
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    throw new WrongOption(
      `--ssh-key: ${path} is no private SSH key, or the environment variable SSH_PASSPHRASE does not hold its passphrase.`,
    );
  }
  return { text, ...given };
}
