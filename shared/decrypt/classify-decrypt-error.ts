import { DecryptError, type DecryptReason } from "./decrypt-error.ts";

/** openpgp tells these apart by words only; the tests with gpg's files notice when a release changes them. */
const phrases: readonly (readonly [RegExp, DecryptReason])[] = [
  [
    /modification detected|authentication tag mismatch|unable to authenticate|invalid (eax|ocb|gcm) ciphertext/i,
    "tampered",
  ],
  // zip and zlib say one, bzip2 the other.
  [/maximum decompressed (message )?size/i, "too-large"],
  [
    /not supported|unsupported|non-preferred|unknown (public key|s2k|curve)|invalid enum value/i,
    "unsupported-algorithm",
  ],
  [/message is not authenticated|without integrity/i, "no-integrity-protection"],
];

/**
 * Tells what an error of openpgp means, after the file's frame was found whole. A compressed message that was tampered
 * with fails in the decompressor before its integrity code is reached and counts as `damaged`: both are refused.
 */
export function classifyDecryptError(error: unknown): DecryptError {
  if (error instanceof DecryptError) return error;
  const message = error instanceof Error ? error.message : "";
  return new DecryptError(phrases.find(([words]) => words.test(message))?.[1] ?? "damaged", {}, { cause: error });
}
