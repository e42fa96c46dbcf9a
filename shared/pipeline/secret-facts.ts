import { DecryptError } from "../decrypt/decrypt-error.ts";
import { inspectPrivateKey } from "../decrypt/pgp-keys.ts";
import { describePrivateSshKey, findSshKeyProblem } from "../fetch/ssh-keys.ts";
import { type SecretPart, secretName } from "../secrets/secret-name.ts";
import type { SecretDates, Secrets } from "../secrets/secrets.ts";
import type { Blobs } from "../store/blobs.ts";
import { listTakenNumbers } from "./pgp-key-numbers.ts";
import type { SecretOwner } from "./secret-owner.ts";

/** That a secret is there, how old it is, and what its public half tells. Never its value. */
export interface SecretFact {
  readonly kind: "sftp-password" | "ssh-key" | "next-ssh-key" | "pgp-key";
  /** Of a PGP key. */
  readonly number?: number;
  readonly isSet: boolean;
  /** Whether the connector cannot work without it, as it is set up. */
  readonly isNeeded: boolean;
  readonly isCurrent: boolean;
  /** ms since 1970 */
  readonly setAt?: number;
  readonly expiresAt?: number;
  readonly fingerprint?: string;
  readonly algorithm?: string;
  readonly hasPassphrase?: boolean;
  /** Why it cannot be used, with what to do. */
  readonly problem?: string;
}

/** What looking at secrets takes. */
export interface SecretFactsDeps {
  readonly secrets: Pick<Secrets, "getOptional" | "datesOf">;
  readonly blobs: Pick<Blobs, "list">;
}

/** Everything about the secrets that a connector or draft needs or has; PGP keys newest first. @throws VaultFault */
export async function readSecretFacts(deps: SecretFactsDeps, owner: SecretOwner): Promise<SecretFact[]> {
  const [password, ssh, next, pgp] = await Promise.all([
    readPassword(deps, owner),
    readSshKey(deps, owner, "ssh-key"),
    readSshKey(deps, owner, "next-ssh-key"),
    readPgpKeys(deps, owner),
  ]);
  const isWorthTelling = ({ isSet, isNeeded }: SecretFact): boolean => isSet || isNeeded;
  return [password, ssh, next, ...pgp].filter(isWorthTelling);
}

async function readPassword(deps: SecretFactsDeps, { name, login }: SecretOwner): Promise<SecretFact> {
  const secret = secretName(name, "sftp-password");
  const isSet = (await deps.secrets.getOptional(secret, { fresh: true })) !== undefined;
  const dates = isSet ? await deps.secrets.datesOf(secret) : undefined;
  return { kind: "sftp-password", isSet, isNeeded: login !== "key", isCurrent: true, ...toDates(dates) };
}

const sshParts = {
  "ssh-key": ["sftp-private-key", "sftp-passphrase"],
  "next-ssh-key": ["sftp-private-key-next", "sftp-passphrase-next"],
} as const satisfies Record<string, readonly [SecretPart, SecretPart]>;

async function readSshKey(
  deps: SecretFactsDeps,
  { name, login }: SecretOwner,
  kind: "ssh-key" | "next-ssh-key",
): Promise<SecretFact> {
  const [keyPart, passphrasePart] = sshParts[kind];
  const isCurrent = kind === "ssh-key";
  const key = await readKey(deps, secretName(name, keyPart), secretName(name, passphrasePart));
  const isNeeded = isCurrent && login !== "password";
  if (key === undefined) return { kind, isSet: false, isNeeded, isCurrent };
  const known = { kind, isSet: true, isNeeded, isCurrent, ...toDates(key.dates) };
  const problem = findSshKeyProblem(key.value, key.passphrase);
  if (problem !== undefined) return { ...known, problem: problem.message };
  const { fingerprint, algorithm } = describePrivateSshKey(key.value, key.passphrase);
  return { ...known, fingerprint, algorithm, hasPassphrase: key.passphrase !== undefined };
}

async function readPgpKeys(deps: SecretFactsDeps, owner: SecretOwner): Promise<SecretFact[]> {
  const taken = await listTakenNumbers(deps.blobs, owner.name);
  const numbers = [...new Set([...owner.keys, ...taken])];
  if (numbers.length === 0) return [{ kind: "pgp-key", isSet: false, isNeeded: owner.isEncrypted, isCurrent: true }];
  const facts = await Promise.all(numbers.map((number) => readPgpKey(deps, owner, number)));
  return facts.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (b.number ?? 0) - (a.number ?? 0));
}

async function readPgpKey(deps: SecretFactsDeps, owner: SecretOwner, number: number): Promise<SecretFact> {
  const secret = secretName(owner.name, `pgp-private-key-${number}`);
  const isNeeded = owner.isEncrypted && owner.keys.includes(number);
  const about = { kind: "pgp-key" as const, number, isNeeded, isCurrent: owner.keys[0] === number };
  const key = await readKey(deps, secret, secretName(owner.name, `pgp-passphrase-${number}`));
  if (key === undefined) return { ...about, isSet: false };
  return { ...about, isSet: true, ...(await describePgpKey(key)) };
}

interface StoredKey {
  readonly value: string;
  readonly passphrase: string | undefined;
  readonly dates: SecretDates | undefined;
}

async function readKey(
  { secrets }: SecretFactsDeps,
  name: string,
  passphraseName: string,
): Promise<StoredKey | undefined> {
  const value = await secrets.getOptional(name, { fresh: true });
  if (value === undefined) return undefined;
  const passphrase = await secrets.getOptional(passphraseName, { fresh: true });
  return { value, passphrase, dates: await secrets.datesOf(name) };
}

async function describePgpKey({ value: armored, passphrase, dates }: StoredKey): Promise<Partial<SecretFact>> {
  try {
    const [key] = await inspectPrivateKey(passphrase === undefined ? { armored } : { armored, passphrase });
    if (key === undefined) throw new DecryptError("key-unusable");
    const problem = !key.isUnlocked ? "passphrase-wrong" : key.canDecrypt ? undefined : "key-unusable";
    return {
      ...toDates(dates, key.expiresAt),
      fingerprint: key.fingerprint,
      algorithm: key.algorithm,
      hasPassphrase: passphrase !== undefined,
      ...(problem === undefined ? {} : { problem: new DecryptError(problem).message }),
    };
  } catch (error) {
    if (!(error instanceof DecryptError)) throw error;
    return { ...toDates(dates), problem: error.message };
  }
}

/** A secret ends when the vault says so or when the key itself does, whichever comes first. */
function toDates(dates: SecretDates | undefined, ownExpiry?: number): Pick<SecretFact, "setAt" | "expiresAt"> {
  const expiries = [dates?.expiresAt, ownExpiry].filter((time) => time !== undefined);
  return {
    ...(dates?.createdAt === undefined ? {} : { setAt: dates.createdAt }),
    ...(expiries.length === 0 ? {} : { expiresAt: Math.min(...expiries) }),
  };
}
