import type { ConnectorName } from "../../chat/identifiers.ts";
import { findSshKeyProblem, generateSshKeys, toSsh2PublicKey } from "../../fetch/ssh-keys.ts";
import {
  type LockedSshKey,
  readSshKey,
  storeSshKey,
  switchSshKeys,
  toPublicHalf,
  type WhichSshKey,
} from "../../pipeline/store-ssh-key.ts";
import { withLease } from "../../pipeline/with-lease.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import { paths } from "../../store/paths.ts";
import { audited } from "../audited.ts";
import type { keyRoutes, SshKeyReply } from "../contract/keys.ts";
import { ApiProblem, conflict, invalid, refused } from "../problem.ts";
import type { Handler } from "../request.ts";
import { alone } from "./alone.ts";
import { requireSubject, type SetupDeps, withVault } from "./setup-deps.ts";

/** POST .../ssh-keys/generate */
export const generateSshKey: Handler<typeof keyRoutes.generateSshKey, SetupDeps> = async (deps, request) =>
  await onceAtATime(deps, request.params.name, () => generate(deps, request));

const generate: Handler<typeof keyRoutes.generateSshKey, SetupDeps> = async (deps, request) => {
  const { principal, params, body } = request;
  const { name } = params;
  await requireSubject(deps.blobs, name);
  const which = await withVault(() => chooseSlot(deps.secrets, name, body.which));
  const there = await withVault(() => readSshKey(deps.secrets, name, which));
  if (there !== undefined && !body.replace) throw isThere(which);
  const key: LockedSshKey = await generateSshKeys({ kind: body.kind });
  const reply = toReply(name, which, key);
  const asked = { action: "generate-ssh-key", target: name, details: { which, fingerprint: reply.fingerprint } };
  await audited(deps, principal, asked, () => withVault(() => storeSshKey(deps.secrets, name, which, key)));
  return { body: reply };
};

/** POST .../ssh-keys/upload */
export const uploadSshKey: Handler<typeof keyRoutes.uploadSshKey, SetupDeps> = async (deps, request) =>
  await onceAtATime(deps, request.params.name, () => upload(deps, request));

const upload: Handler<typeof keyRoutes.uploadSshKey, SetupDeps> = async (deps, request) => {
  const { principal, params, body } = request;
  const { name } = params;
  await requireSubject(deps.blobs, name);
  const key: LockedSshKey = toKey(body);
  const which = await withVault(() => chooseSlot(deps.secrets, name, body.which));
  const reply = toReply(name, which, key);
  const there = await withVault(() => readSshKey(deps.secrets, name, which));
  if (there !== undefined && !body.replace && !isSame(name, there, reply)) throw isThere(which);
  const asked = { action: "upload-ssh-key", target: name, details: { which, fingerprint: reply.fingerprint } };
  await audited(deps, principal, asked, () => withVault(() => storeSshKey(deps.secrets, name, which, key)));
  return { body: reply };
};

/** POST .../ssh-keys/switch */
export const switchSshKey: Handler<typeof keyRoutes.switchSshKey, SetupDeps> = async (deps, request) =>
  await onceAtATime(deps, request.params.name, () => putNextInPlace(deps, request));

const putNextInPlace: Handler<typeof keyRoutes.switchSshKey, SetupDeps> = async (deps, { principal, params }) => {
  const { name } = params;
  await requireSubject(deps.blobs, name);
  const next = await withVault(() => readSshKey(deps.secrets, name, "next"));
  if (next === undefined) throw refused("There is no next SSH key to switch to. Generate or upload one first.");
  const problem = findSshKeyProblem(next.privateKey, next.passphrase);
  if (problem !== undefined) throw refused(`The next SSH key cannot be used. ${problem.message}`);
  const reply = toReply(name, "current", next);
  const asked = { action: "switch-ssh-key", target: name, details: { fingerprint: reply.fingerprint } };
  await audited(deps, principal, asked, () => withVault(() => switchSshKeys(deps.secrets, name, next)));
  return { body: reply };
};

/** GET .../ssh-keys/{which}.pub */
export const downloadSshKey: Handler<typeof keyRoutes.downloadSshKey, SetupDeps> = async (deps, { params, query }) => {
  const { name, which } = params;
  await requireSubject(deps.blobs, name);
  const key = await withVault(() => readSshKey(deps.secrets, name, which));
  if (key === undefined) throw new ApiProblem("not-found", `There is no ${which} SSH key.`);
  const problem = findSshKeyProblem(key.privateKey, key.passphrase);
  if (problem !== undefined) throw refused(`The SSH key cannot be used. ${problem.message}`);
  const { publicKey } = toPublicHalf(name, key);
  const content = query.form === "ssh2" ? toSsh2PublicKey(publicKey) : `${publicKey}\n`;
  return { file: { name: `${name}-ssh-${which}.pub`, content } };
};

/**
 * One change of a connector's SSH keys at a time: the vault takes whatever it is given, so that of two keys that are made at
 * once the site would get the public half of the one that is overwritten.
 */
async function onceAtATime<T extends object>(deps: SetupDeps, name: ConnectorName, work: () => Promise<T>): Promise<T> {
  const done = await withLease(deps, paths.lock(`ssh-key-${name}`), () => alone(deps, name, work));
  if (done === undefined) throw refused("The SSH keys are being changed at this moment. Look at them, then decide.");
  return done;
}

/** Where there is no key yet, the next one is the first one. */
async function chooseSlot(
  secrets: Pick<Secrets, "getOptional">,
  name: ConnectorName,
  asked: WhichSshKey,
): Promise<WhichSshKey> {
  if (asked === "current") return asked;
  return (await readSshKey(secrets, name, "current")) === undefined ? "current" : "next";
}

/** A private key as it was pasted, opened once. @throws ApiProblem (400) */
function toKey({ privateKey, passphrase }: LockedSshKey): LockedSshKey {
  // Windows' line ends come along when a key is pasted, and a last line without an end is none to OpenSSH.
  const key = { privateKey: `${privateKey.replaceAll("\r\n", "\n").trim()}\n`, passphrase };
  const problem = findSshKeyProblem(key.privateKey, passphrase);
  if (problem === undefined) return key;
  const path = problem.reason.startsWith("passphrase") ? "passphrase" : "privateKey";
  throw invalid([{ path, message: problem.message }]);
}

/** The same key again, such as after an answer was lost, replaces nothing. */
function isSame(name: ConnectorName, there: LockedSshKey, { fingerprint }: SshKeyReply): boolean {
  // One that nobody can open is of no use to anybody.
  if (findSshKeyProblem(there.privateKey, there.passphrase) !== undefined) return true;
  return toPublicHalf(name, there).fingerprint === fingerprint;
}

function isThere(which: WhichSshKey): ApiProblem {
  return conflict(
    which === "current"
      ? "There is an SSH key already, whose public half the site may know. To rotate keys make a next one; to overwrite it say that it is to be replaced."
      : "There is a next SSH key already, whose public half the site may know. To overwrite it say that it is to be replaced.",
  );
}

function toReply(name: ConnectorName, which: WhichSshKey, key: LockedSshKey): SshKeyReply {
  const { algorithm, fingerprint, publicKey } = toPublicHalf(name, key);
  return { which, algorithm, fingerprint, publicKey };
}
