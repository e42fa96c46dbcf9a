import { buffer } from "node:stream/consumers";
import { encryptKey, readPrivateKey } from "openpgp";
import { encryptFor } from "../../local/sample/encrypt.ts";
import type { ConnectorName } from "../../shared/chat/identifiers.ts";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { secretName } from "../../shared/secrets/secret-name.ts";
import type { Secrets } from "../../shared/secrets/secrets.ts";

/** A connector's key, and what was encrypted with it. */
export interface DropKey {
  /** Puts the key and the site's password into a vault. */
  seed(vault: Pick<Secrets, "set">, connector: ConnectorName): Promise<void>;
  encrypt(plain: Uint8Array | string): Promise<Buffer>;
}

let made: Promise<DropKey> | undefined;

/** The one key of this process: making one takes longer than a small drop. */
export function dropKey(): Promise<DropKey> {
  made ??= makeKey();
  return made;
}

async function makeKey(): Promise<DropKey> {
  const passphrase = "open sesame";
  const keys = await generatePgpKeys({ kind: "curve25519", name: "test" });
  const privateKey = await lock(keys.privateKey, passphrase);
  return {
    seed: async (vault, connector) => {
      await vault.set(secretName(connector, "sftp-password"), "hunter2");
      await vault.set(secretName(connector, "pgp-private-key-1"), privateKey);
      await vault.set(secretName(connector, "pgp-passphrase-1"), passphrase);
    },
    encrypt: (plain) => buffer(encryptFor(keys.publicKey, only(Buffer.from(plain)))),
  };
}

/** With as little work for the passphrase as OpenPGP allows: each process of each world opens the key anew. */
async function lock(armored: string, passphrase: string): Promise<string> {
  const privateKey = await readPrivateKey({ armoredKey: armored });
  const locked = await encryptKey({ privateKey, passphrase, config: { s2kIterationCountByte: 0 } });
  return locked.armor();
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
