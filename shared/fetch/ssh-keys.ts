import { promisify } from "node:util";
import ssh2 from "ssh2";
import { toFingerprint } from "./host-key.ts";
import { isParsedKey, parsePrivateKey, readPrivateKey } from "./sign-in.ts";

/** A pair of SSH keys for signing in to a site. */
export interface SshKeyPair {
  /** OpenSSH private key, encrypted where a passphrase was given: a secret. */
  readonly privateKey: string;
  /** One line as for `authorized_keys`: what the site's operator gets. */
  readonly publicKey: string;
  /** `SHA256:...` of the public key. */
  readonly fingerprint: string;
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string;
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
  const publicKey = `${key.type} ${wire.toString("base64")} ${comment}`;
  return { publicKey, fingerprint: toFingerprint(wire), algorithm: key.type };
}

/** A public key's line as RFC 4716 wants it, for servers that do not know OpenSSH's. */
export function toSsh2PublicKey(line: string): string {
  const [, base64 = "", ...comment] = line.trim().split(" ");
  const rows = base64.match(/.{1,70}/g) ?? [];
  return [
    "---- BEGIN SSH2 PUBLIC KEY ----",
    `Comment: "${comment.join(" ").replaceAll(/[^ -~]|["\\]/g, "")}"`,
    ...rows,
    "---- END SSH2 PUBLIC KEY ----",
    "",
  ].join("\n");
}

/** What is wrong with a private key that somebody gives, and what they have to do about it. */
const keyProblems = {
  "passphrase-missing": "The private key is locked. Give its passphrase as well.",
  "passphrase-wrong": "The passphrase does not open the private key, or the key is damaged.",
  "public-half": "This is the public half. Give the private one, which begins with -----BEGIN ... PRIVATE KEY-----.",
  "not-a-key":
    "This is no private SSH key that can be read. OpenSSH's, PEM's (RSA PRIVATE KEY, EC PRIVATE KEY) and PuTTY's forms can; ssh-keygen -p -f <file> writes others anew in OpenSSH's.",
} as const;
/** What is wrong with a private key that somebody gives. */
export type SshKeyProblem = keyof typeof keyProblems;

/** What is wrong with a private key and its passphrase; undefined when nothing is. */
export function findSshKeyProblem(
  privateKey: string,
  passphrase?: string,
): { readonly reason: SshKeyProblem; readonly message: string } | undefined {
  const key = readPrivateKey(privateKey, passphrase);
  if (isParsedKey(key) && key.isPrivateKey()) return undefined;
  const reason = isParsedKey(key) ? "public-half" : toKeyProblem(key, passphrase);
  return { reason, message: keyProblems[reason] };
}

/** ssh2 tells these apart by words only. A wrong passphrase shows as nonsense inside, so with one it is the likelier cause. */
function toKeyProblem(error: unknown, passphrase: string | undefined): SshKeyProblem {
  const words = error instanceof Error ? error.message : "";
  if (/no passphrase given/i.test(words)) return "passphrase-missing";
  if (/unsupported key format/i.test(words) || passphrase === undefined) return "not-a-key";
  return "passphrase-wrong";
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
