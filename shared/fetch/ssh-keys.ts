import { promisify } from "node:util";
import ssh2 from "ssh2";
import { toFingerprint } from "./host-key.ts";
import { parsePrivateKey } from "./sign-in.ts";

/** A pair of SSH keys for signing in to a site. */
export interface SshKeyPair {
  /** OpenSSH private key, encrypted where a passphrase was given: a secret. */
  readonly privateKey: string;
  /** One line as for `authorized_keys`: what the site's operator gets. */
  readonly publicKey: string;
  /** `SHA256:...` of the public key. */
  readonly fingerprint: string;
}

/** What to generate. */
export interface SshKeyOptions {
  /** RSA has 4096 bits and is for sites that know nothing newer. @default "ed25519" */
  readonly kind?: "ed25519" | "rsa";
  readonly passphrase?: string;
  /** Ends the public key's line; names no person. @default "ice-chat-connector" */
  readonly comment?: string;
}

/** Generates a pair of SSH keys. An RSA pair takes a second or more. */
export async function generateSshKeys(options: SshKeyOptions = {}): Promise<SshKeyPair> {
  const { kind = "ed25519", passphrase, comment = "ice-chat-connector" } = options;
  const locked = passphrase === undefined ? {} : { passphrase, cipher: "aes256-ctr", rounds: 16 };
  const wanted = { comment, ...(kind === "rsa" ? { bits: 4096 } : {}), ...locked };
  for (;;) {
    const { private: privateKey } = await generate(kind, wanted);
    // ssh2 drops leading zeros of the public half, so one Ed25519 key of 256 is written with 31 bytes and nobody can read it.
    if (isReadable(privateKey, passphrase))
      return { privateKey, ...describePrivateSshKey(privateKey, passphrase, comment) };
  }
}

function isReadable(privateKey: string, passphrase: string | undefined): boolean {
  return !(ssh2.utils.parseKey(privateKey, passphrase) instanceof Error);
}

/**
 * The public half of a private SSH key of any common form (OpenSSH, PEM).
 * @throws SiteError `private-key-unusable` when it cannot be read or the passphrase is wrong
 */
export function describePrivateSshKey(
  privateKey: string,
  passphrase?: string,
  comment = "ice-chat-connector",
): Omit<SshKeyPair, "privateKey"> {
  const key = parsePrivateKey(privateKey, passphrase);
  const wire = key.getPublicSSH();
  return { publicKey: `${key.type} ${wire.toString("base64")} ${comment}`, fingerprint: toFingerprint(wire) };
}

interface GenerateOptions {
  readonly comment: string;
  readonly bits?: number;
  readonly passphrase?: string;
  readonly cipher?: string;
  readonly rounds?: number;
}

const generate: (kind: "ed25519" | "rsa", options: GenerateOptions) => Promise<{ private: string; public: string }> =
  promisify(ssh2.utils.generateKeyPair);
