import { createHash } from "node:crypto";

/** The fingerprint of a public key in SSH wire form, as OpenSSH prints it: `SHA256:` and 43 characters of base64. */
export function toFingerprint(publicKey: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "")}`;
}

/** Whether a fingerprint is among the trusted ones. Trailing `=`, as some tools print it, does not matter. */
export function isTrustedHostKey(trusted: readonly string[], fingerprint: string): boolean {
  return trusted.some((known) => known.trim().replace(/=+$/, "") === fingerprint);
}

/** A kind of host key: a server often has one of each, and shows whichever the client asks for first. */
export type HostKeyKind = "ed25519" | "ecdsa" | "rsa";

/** The kinds, with the algorithm names of RFC 8709, RFC 5656 and RFC 8332, in the order in which they are tried. */
export const hostKeyKinds = {
  ed25519: ["ssh-ed25519"],
  ecdsa: ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  rsa: ["rsa-sha2-512", "rsa-sha2-256"],
} as const satisfies Record<HostKeyKind, readonly string[]>;

/** A host key that a site has shown. */
export interface ShownHostKey {
  readonly kind: HostKeyKind;
  readonly fingerprint: string;
}
