import type { DecryptMessageResult, PublicKey } from "openpgp";
import { DecryptError } from "./decrypt-error.ts";

/**
 * Checks a message's signatures once its content has been read: at least one configured signer must have signed, and
 * no signature of theirs may be wrong. Signatures by others do not count. openpgp itself takes a wrong signature for no
 * error unless somebody looks.
 *
 * @returns the fingerprint of the signer's key, or undefined when no signers are configured
 * @throws DecryptError `unsigned`, `unknown-signer`, `bad-signature`
 */
export async function checkSignatures(
  signatures: DecryptMessageResult["signatures"],
  signers: readonly PublicKey[],
): Promise<string | undefined> {
  if (signers.length === 0) return undefined;
  if (signatures.length === 0) throw new DecryptError("unsigned");
  const wantedKeyIds = signatures.map(({ keyID }) => keyID.toHex());
  const known = signatures.flatMap((signature) => {
    const signer = signers.find((key) => key.getKeys(signature.keyID).length > 0);
    return signer === undefined ? [] : [{ signature, signer }];
  });
  const [first] = known;
  if (first === undefined) throw new DecryptError("unknown-signer", { wantedKeyIds });
  for (const { signature } of known) {
    await signature.verified.catch((cause: unknown) => {
      throw new DecryptError("bad-signature", { wantedKeyIds }, { cause });
    });
  }
  return first.signer.getFingerprint().toUpperCase();
}
