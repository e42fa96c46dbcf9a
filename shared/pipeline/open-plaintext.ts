import type { Connector } from "../config/connector.ts";
import { decrypt } from "../decrypt/decrypt.ts";
import { Keyring, type LockedKey } from "../decrypt/keyring.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Blobs } from "../store/blobs.ts";
import type { FileState } from "./file-state.ts";
import { MissingEvidence } from "./verdict.ts";

/** What opening the evidence takes. */
export interface OpenPlaintextDeps {
  readonly blobs: Pick<Blobs, "stream">;
  readonly secrets: Pick<Secrets, "get" | "getOptional">;
  /** Longest time without progress before a decryption is given up. */
  readonly stallInMs: number;
}

/**
 * The plaintext of a file from its evidence. It ends normally only when OpenPGP's integrity check (and the signature, where
 * signers are configured) has passed: nothing that came before may be committed until then.
 * @throws DecryptError, MissingEvidence
 */
export async function openPlaintext(
  deps: OpenPlaintextDeps,
  connector: Connector,
  file: FileState,
): Promise<AsyncIterable<Uint8Array>> {
  const keyring = await openKeyring(deps, connector);
  const evidence = await deps.blobs.stream(file.evidence);
  if (evidence === undefined) throw new MissingEvidence();
  if (keyring === undefined) return evidence;
  return (await decrypt(evidence, keyring, { watchdogInMs: deps.stallInMs })).plaintext;
}

async function openKeyring(deps: OpenPlaintextDeps, { name, encryption }: Connector): Promise<Keyring | undefined> {
  if (encryption.type === "none") return undefined;
  const privateKeys = await Promise.all(
    encryption.keys.map(async (n): Promise<LockedKey> => {
      const armored = await deps.secrets.get(secretName(name, `pgp-private-key-${n}`));
      const passphrase = await deps.secrets.getOptional(secretName(name, `pgp-passphrase-${n}`));
      return passphrase === undefined ? { armored } : { armored, passphrase };
    }),
  );
  return await Keyring.open({ privateKeys, signers: encryption.signers });
}
