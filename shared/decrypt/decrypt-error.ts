/**
 * Why a file cannot be decrypted, told apart by what somebody has to do about it. No names, no content: the
 * sentences end up in logs and reports. Key ids and fingerprints are public and are told.
 */
const sentences = {
  "not-encrypted":
    "The file is not encrypted with OpenPGP. If this feed is meant to be plain, set the connector's encryption to none; else ask the sender to encrypt.",
  "wrong-key":
    "The file is encrypted for another key than the connector's. Give the sender the connector's current public key, or add the private key that fits.",
  "password-only":
    "The file is encrypted with a password only. Ask the sender to encrypt for the connector's public key.",
  truncated: "The file ends before the encrypted message does: it is still arriving, or was cut.",
  tampered:
    "The file's content does not match its integrity code: it was changed after encryption. It is not imported; ask the sender to deliver it again.",
  "no-integrity-protection":
    "The file is encrypted without integrity protection, so changes cannot be noticed. Ask the sender to use a current OpenPGP program.",
  unsigned: "The file is not signed, but this connector accepts signed files only. Ask the sender to sign.",
  "unknown-signer":
    "The file is signed by a key that is not among the connector's accepted signers. Check with the sender and add the key if it is theirs.",
  "bad-signature":
    "The file's signature is wrong, outdated or made by a revoked key. It is not imported; ask the sender to sign and deliver it again.",
  damaged: "The file is damaged: it does not follow the OpenPGP format. Ask the sender to deliver it again.",
  "unsupported-algorithm":
    "The file uses an OpenPGP algorithm that is not supported. Ask the sender to use AES and, if any, zip, zlib or bzip2 compression.",
  "too-large":
    "The decrypted content is larger than the limit. It may be a decompression bomb; raise the limit only if the size is right.",
  "ratio-too-high":
    "The decrypted content is far larger than the file, as no chats are: it is taken for a decompression bomb. Ask the sender.",
  stalled:
    "Decryption made no progress and was given up. The file is most likely damaged; ask the sender to deliver it again.",
  "passphrase-wrong": "The passphrase does not open the private PGP key. Upload the key again with its passphrase.",
  "key-unusable":
    "The PGP key cannot be read or has no secret part for decryption. Upload an armored private key with its encryption subkey.",
} as const;

/** Why a file or a key cannot be used. */
export type DecryptReason = keyof typeof sentences;

/** Public facts that go with a reason. */
export interface DecryptDetail {
  /** Key ids (16 hex digits) that the message is encrypted for, or was signed by. */
  readonly wantedKeyIds?: readonly string[];
  /** Fingerprints of the keys that the connector has. */
  readonly ownFingerprints?: readonly string[];
}

/** The file cannot be decrypted, or a key cannot be used. `message` is safe to log; `cause` may not be. */
export class DecryptError extends Error {
  override readonly name = "DecryptError";
  readonly messageIsOurs = true;
  readonly reason: DecryptReason;
  readonly detail: DecryptDetail;

  constructor(reason: DecryptReason, detail: DecryptDetail = {}, options?: ErrorOptions) {
    super([sentences[reason], ...told(detail)].join(" "), options);
    this.reason = reason;
    this.detail = detail;
  }

  /** Whether the file may just not be complete yet. */
  get isIncomplete(): boolean {
    return this.reason === "truncated";
  }
}

/** A message may name a thousand keys; the sentence stays one. */
const mostToldKeys = 8;

function told({ wantedKeyIds = [], ownFingerprints = [] }: DecryptDetail): string[] {
  const more = wantedKeyIds.length - mostToldKeys;
  const ids = `${wantedKeyIds.slice(0, mostToldKeys).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const wanted = wantedKeyIds.length === 0 ? [] : [`Key ids in the file: ${ids}.`];
  const own = ownFingerprints.length === 0 ? [] : [`The connector's keys: ${ownFingerprints.join(", ")}.`];
  return [...wanted, ...own];
}
