import type { ConnectorName } from "../../chat/identifiers.ts";
import { DecryptError } from "../../decrypt/decrypt-error.ts";
import type { LockedKey } from "../../decrypt/keyring.ts";
import { generatePgpKeys, inspectPrivateKey, type PrivateKeyFacts, type PublicHalf } from "../../decrypt/pgp-keys.ts";
import { listTakenNumbers, putKeyToUse, takeKeyNumber } from "../../pipeline/pgp-key-numbers.ts";
import type { SecretOwner } from "../../pipeline/secret-owner.ts";
import { readPgpPublicHalf, storePgpKey } from "../../pipeline/store-pgp-key.ts";
import { audited } from "../audited.ts";
import type { keyRoutes, PgpKeyReply } from "../contract/keys.ts";
import { ApiProblem, invalid, refused } from "../problem.ts";
import type { Handler } from "../request.ts";
import { alone } from "./alone.ts";
import { requireSubject, type SetupDeps, toInstant, toOptionalInstant, withVault } from "./setup-deps.ts";

/** POST .../pgp-keys/generate */
export const generatePgpKey: Handler<typeof keyRoutes.generatePgpKey, SetupDeps> = async (deps, request) => {
  const { principal, params, body } = request;
  const { name } = params;
  const { owner } = await requireSubject(deps.blobs, name);
  const { privateKey } = await generatePgpKeys({
    kind: body.kind,
    name: `ICE Chat archive connector ${name}`,
    now: new Date(deps.clock.now()),
  });
  const key = { armored: privateKey };
  const facts = await readUsable(key);
  const asked = { action: "generate-pgp-key", target: name, details: { fingerprint: facts.fingerprint } };
  const number = await audited(deps, principal, asked, () => withVault(() => store(deps, owner, key, true)));
  return { body: toReply(number, facts) };
};

/** POST .../pgp-keys/upload */
export const uploadPgpKey: Handler<typeof keyRoutes.uploadPgpKey, SetupDeps> = async (deps, request) =>
  // Of two that come at once neither would find the other's key, and it would be there twice.
  await alone(deps, request.params.name, () => upload(deps, request));

const upload: Handler<typeof keyRoutes.uploadPgpKey, SetupDeps> = async (deps, request) => {
  const { principal, params, body } = request;
  const { name } = params;
  const { owner } = await requireSubject(deps.blobs, name);
  const { privateKey: armored, passphrase, isCurrent } = body;
  const key: LockedKey = passphrase === undefined ? { armored } : { armored, passphrase };
  const facts = await readUsable(key);
  if (isCurrent && facts.expiresAt !== undefined && facts.expiresAt <= deps.clock.now()) {
    const message =
      "this key has expired, so senders refuse to encrypt for it. Renew it; or upload it as an old one that only opens what was encrypted for it";
    throw invalid([{ path: "privateKey", message }]);
  }
  const known = await withVault(() => findNumber(deps, owner, facts.fingerprint));
  const details = { fingerprint: facts.fingerprint, isCurrent };
  const asked = { action: "upload-pgp-key", target: name, details };
  const number = await audited(deps, principal, asked, () =>
    withVault(() => store(deps, owner, key, isCurrent, known)),
  );
  return { body: toReply(number, facts) };
};

/** GET .../pgp-keys/{number}.asc */
export const downloadPgpKey: Handler<typeof keyRoutes.downloadPgpKey, SetupDeps> = async (deps, { params }) => {
  const { name, number } = params;
  await requireSubject(deps.blobs, name);
  try {
    const found = await withVault(() => readPgpPublicHalf(deps.secrets, name, number));
    if (found === undefined) throw new ApiProblem("not-found", "There is no PGP key of that number.");
    return { file: { name: `${name}-pgp-${number}.asc`, content: found.publicKey } };
  } catch (error) {
    if (error instanceof DecryptError) throw refused(error.message);
    throw error;
  }
};

/** Number first, then the secret, then its use: whoever breaks off leaves a number that nobody has, and no half of a key. */
async function store(
  deps: SetupDeps,
  { name, keys }: SecretOwner,
  key: LockedKey,
  isCurrent: boolean,
  known?: number,
): Promise<number> {
  const number = known ?? (await takeKeyNumber(deps, name, keys));
  await storePgpKey(deps.secrets, name, number, key);
  await putKeyToUse(deps, name, number, isCurrent);
  return number;
}

/** The number of a key that was uploaded before. */
async function findNumber(
  { blobs, secrets }: SetupDeps,
  { name, keys }: SecretOwner,
  fingerprint: string,
): Promise<number | undefined> {
  for (const number of new Set([...keys, ...(await listTakenNumbers(blobs, name))])) {
    if ((await fingerprintOf(secrets, name, number)) === fingerprint) return number;
  }
  return undefined;
}

/** Of one that cannot be read there is none. */
async function fingerprintOf(
  secrets: SetupDeps["secrets"],
  name: ConnectorName,
  number: number,
): Promise<string | undefined> {
  try {
    return (await readPgpPublicHalf(secrets, name, number))?.fingerprint;
  } catch (error) {
    if (error instanceof DecryptError) return undefined;
    throw error;
  }
}

/** The one key of a block that opens and can decrypt. @throws ApiProblem (400) */
async function readUsable(key: LockedKey): Promise<PrivateKeyFacts> {
  const keys = await inspectPrivateKey(key).catch((error: unknown) => {
    if (error instanceof DecryptError) throw unusable(error.message);
    throw error;
  });
  const [first, ...others] = keys;
  if (first === undefined) throw unusable(new DecryptError("key-unusable").message);
  if (others.length > 0) throw unusable("there are several keys in it: upload them one by one");
  if (!first.isUnlocked) {
    const message =
      key.passphrase === undefined
        ? "the private key is locked: give its passphrase as well"
        : "the passphrase does not open the private key";
    throw invalid([{ path: "passphrase", message }]);
  }
  if (!first.canDecrypt) throw unusable(new DecryptError("key-unusable").message);
  return first;
}

function unusable(message: string): ApiProblem {
  return invalid([{ path: "privateKey", message }]);
}

function toReply(number: number, { algorithm, fingerprint, createdAt, expiresAt, publicKey }: PublicHalf): PgpKeyReply {
  return {
    ...{ number, algorithm, fingerprint, publicKey },
    createdAt: toInstant(createdAt),
    ...toOptionalInstant("expiresAt", expiresAt),
  };
}
