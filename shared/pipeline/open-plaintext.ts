import type { Connector } from "../config/connector.ts";
import { decrypt } from "../decrypt/decrypt.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Blobs } from "../store/blobs.ts";
import type { FileState } from "./file-state.ts";
import { keyringOf } from "./keyring-shelf.ts";
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
  const keyring = await keyringOf(deps.secrets, connector);
  const evidence = await deps.blobs.stream(file.evidence);
  if (evidence === undefined) throw new MissingEvidence();
  if (keyring === undefined) return evidence;
  return (await decrypt(evidence, keyring, { watchdogInMs: deps.stallInMs })).plaintext;
}
