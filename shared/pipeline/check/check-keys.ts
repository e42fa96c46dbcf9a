import type { Connector } from "../../config/connector.ts";
import { DecryptError } from "../../decrypt/decrypt-error.ts";
import { inspectPrivateKey, inspectPublicKeys } from "../../decrypt/pgp-keys.ts";
import { secretName } from "../../secrets/secret-name.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import type { TokenUse } from "./check-identity.ts";
import { ok, skipped, type Told, warning, wrong } from "./finding.ts";
import { tellUnknown } from "./tell-fault.ts";

/** What reading a connector's keys takes. */
export interface KeysDeps {
  readonly secrets: Pick<Secrets, "get" | "getOptional">;
  readonly clock: { now(): number };
  readonly noToken: ReadonlySet<TokenUse>;
}

const soonInMs = 30 * 24 * 3600_000;

/** Opens each PGP key of the connector as a fetch would, and tells when it expires. Fingerprints are public. */
export async function* checkKeys(deps: KeysDeps, { name, encryption }: Connector): AsyncGenerator<Told> {
  if (encryption.type === "none") {
    yield ok("none needed: its files are not encrypted");
    return;
  }
  if (deps.noToken.has("vault")) {
    yield skipped("the app has no token for the vault: see identity");
    return;
  }
  for (const [place, number] of encryption.keys.entries()) {
    try {
      yield* checkKey(deps, name, number, place === 0);
    } catch (error) {
      yield tellKeyFault(`private key ${number}`, error);
    }
  }
  for (const [place, armored] of encryption.signers.entries()) {
    try {
      for (const { fingerprint, expiresAt } of await inspectPublicKeys(armored)) {
        yield tellSigner(fingerprint, expiresAt, deps.clock.now());
      }
    } catch (error) {
      yield tellKeyFault(`signer ${place + 1}`, error);
    }
  }
}

async function* checkKey(
  { secrets, clock }: KeysDeps,
  name: Connector["name"],
  number: number,
  isCurrent: boolean,
): AsyncGenerator<Told> {
  const fresh = { fresh: true };
  const armored = await secrets.get(secretName(name, `pgp-private-key-${number}`), fresh);
  const passphrase = await secrets.getOptional(secretName(name, `pgp-passphrase-${number}`), fresh);
  for (const key of await inspectPrivateKey(passphrase === undefined ? { armored } : { armored, passphrase })) {
    const text = `private key ${number}, ${key.algorithm}, ${key.fingerprint}`;
    if (!key.isUnlocked) yield tellKeyFault(text, new DecryptError("passphrase-wrong"));
    else if (!key.canDecrypt) yield tellKeyFault(text, new DecryptError("key-unusable"));
    else yield tellExpiry(text, key.expiresAt, clock.now(), isCurrent);
  }
}

/** An old key that has expired still opens what was encrypted for it, which is all that it is kept for. */
function tellExpiry(text: string, expiresAt: number | undefined, now: number, isCurrent: boolean): Told {
  if (expiresAt === undefined) return ok(`${text}: opened; it does not expire`);
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  if (!isCurrent) return ok(`${text}: opened; an older one, until ${day}`);
  const renew =
    "Make a new pair, give ICE its public half, and put its number before the old one's in encryption.keys.";
  if (expiresAt <= now) return wrong(`${text}: expired on ${day}, so senders refuse to encrypt for it`, renew);
  if (expiresAt - now < soonInMs) return warning(`${text}: opened; expires on ${day}`, renew);
  return ok(`${text}: opened; expires on ${day}`);
}

function tellSigner(fingerprint: string, expiresAt: number | undefined, now: number): Told {
  const text = `signer ${fingerprint}`;
  if (expiresAt === undefined) return ok(`${text}: read; it does not expire`);
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  if (expiresAt > now) return ok(`${text}: read; expires on ${day}`);
  return warning(
    `${text}: expired on ${day}`,
    "Ask the sender for the key that is used now, and add it to encryption.signers.",
  );
}

function tellKeyFault(text: string, error: unknown): Told {
  const told = tellUnknown(error);
  return { ...told, text: `${text}: ${told.text}` };
}
