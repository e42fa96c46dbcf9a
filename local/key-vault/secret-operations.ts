import { z } from "zod";
import type { JsonObject } from "../stand-ins/json.ts";
import type { Reply } from "../stand-ins/stand-in-request.ts";
import type { Secret, SecretStore, SecretVersion } from "./secret-store.ts";
import { toVersionId } from "./secret-store.ts";
import { VaultRefusal } from "./vault-refusal.ts";

/** One request to the secrets API. */
export interface SecretCall {
  readonly store: SecretStore;
  /** `https://localhost:{port}` */
  readonly vaultUrl: string;
  readonly query: URLSearchParams;
  readonly json: JsonObject | undefined;
  readonly nowInMs: number;
}

const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const VALUE_LIMIT_IN_BYTES = 25_600;
const RECOVERABLE_DAYS = 90;

const attributesSchema = z.object({
  enabled: z.boolean().nullish(),
  nbf: z.number().nullish(),
  exp: z.number().nullish(),
});
const tagsSchema = z.record(z.string(), z.string());
const setSchema = z.object({
  value: z.string(),
  contentType: z.string().nullish(),
  tags: tagsSchema.nullish(),
  attributes: attributesSchema.nullish(),
});
const updateSchema = setSchema.omit({ value: true });

/** PUT: makes the secret, or a new version of it. */
export function setSecret(call: SecretCall, name: string): Reply {
  checkName(name);
  const parsed = setSchema.safeParse(call.json);
  if (!parsed.success) throw new VaultRefusal(400, "BadParameter", "The request body has no value, or is no JSON.");
  if (Buffer.byteLength(parsed.data.value) > VALUE_LIMIT_IN_BYTES) {
    throw new VaultRefusal(400, "BadParameter", `The secret value is longer than ${VALUE_LIMIT_IN_BYTES} bytes.`);
  }
  const before = call.store.get(name);
  if (before?.deletedAt !== undefined) throw deletedConflict(name);
  const now = toSeconds(call.nowInMs);
  const version: SecretVersion = {
    version: toVersionId(name, before?.versions.length ?? 0, call.nowInMs),
    value: parsed.data.value,
    enabled: true,
    created: now,
    ...toChange(parsed.data, now),
  };
  const secret: Secret = { name: before?.name ?? name, versions: [...(before?.versions ?? []), version] };
  call.store.put(secret);
  return { status: 200, body: toBundle(call, secret, version) };
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new VaultRefusal(400, "BadParameter", "A secret's name has letters, digits and '-', 1 to 127 of them.");
}

function deletedConflict(name: string): VaultRefusal {
  const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused.`;
  return new VaultRefusal(409, "Conflict", message, "ObjectIsDeletedButRecoverable");
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

type Change = Partial<SecretVersion> & Pick<SecretVersion, "updated">;

function toChange({ contentType, tags, attributes }: z.output<typeof updateSchema>, updated: number): Change {
  const { enabled, nbf, exp } = attributes ?? {};
  return {
    updated,
    ...(isGiven(contentType) ? { contentType } : {}),
    ...(isGiven(tags) ? { tags } : {}),
    ...(isGiven(enabled) ? { enabled } : {}),
    ...(isGiven(nbf) ? { notBefore: nbf } : {}),
    ...(isGiven(exp) ? { expires: exp } : {}),
  };
}

function isGiven<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

/** GET: one version, or the current one. */
export function getSecret(call: SecretCall, name: string, versionId: string): Reply {
  const secret = findLiving(call, name);
  const version = findVersion(secret, versionId);
  if (!version.enabled) {
    const message = "Operation get is not allowed on a disabled secret.";
    throw new VaultRefusal(403, "Forbidden", message, "SecretDisabled");
  }
  return { status: 200, body: toBundle(call, secret, version) };
}

function findLiving({ store }: SecretCall, name: string): Secret {
  const secret = store.get(name);
  if (secret === undefined || secret.deletedAt !== undefined) throw notFound(name);
  return secret;
}

function findVersion({ name, versions }: Secret, versionId: string): SecretVersion {
  const version = versionId === "" ? versions.at(-1) : versions.find((each) => each.version === versionId);
  if (version === undefined) throw notFound(`${name}/${versionId}`);
  return version;
}

function notFound(name: string): VaultRefusal {
  const message = `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`;
  return new VaultRefusal(404, "SecretNotFound", message);
}

/** PATCH: changes what stands around a version's value. */
export function updateSecret(call: SecretCall, name: string, versionId: string): Reply {
  const secret = findLiving(call, name);
  const before = findVersion(secret, versionId);
  const parsed = updateSchema.safeParse(call.json);
  if (!parsed.success) throw new VaultRefusal(400, "BadParameter", "The request body cannot be read.");
  const after: SecretVersion = { ...before, ...toChange(parsed.data, toSeconds(call.nowInMs)) };
  call.store.put({ ...secret, versions: secret.versions.map((each) => (each === before ? after : each)) });
  const { value: _, ...bundle } = toBundle(call, secret, after);
  return { status: 200, body: bundle };
}

/** DELETE: the secret can be recovered until it is purged. */
export function deleteSecret(call: SecretCall, name: string): Reply {
  const secret: Secret = { ...findLiving(call, name), deletedAt: toSeconds(call.nowInMs) };
  call.store.put(secret);
  return { status: 200, body: toDeleted(call, secret) };
}

/** GET of a deleted secret, without its value. */
export function getDeletedSecret(call: SecretCall, name: string): Reply {
  return { status: 200, body: toDeleted(call, findDeleted(call, name)) };
}

function findDeleted({ store }: SecretCall, name: string): Secret {
  const secret = store.get(name);
  if (secret?.deletedAt === undefined) throw notFound(name);
  return secret;
}

/** Brings a deleted secret back. */
export function recoverSecret(call: SecretCall, name: string): Reply {
  const { deletedAt: _, ...secret } = findDeleted(call, name);
  call.store.put(secret);
  return { status: 200, body: toItem(call, secret, findVersion(secret, "")) };
}

/** Removes a deleted secret for good. */
export function purgeSecret(call: SecretCall, name: string): Reply {
  call.store.purge(findDeleted(call, name).name);
  return { status: 204 };
}

/** The secrets, each by its current version and without its value. */
export function listSecrets(call: SecretCall): Reply {
  const living = call.store.list().filter(({ deletedAt }) => deletedAt === undefined);
  return toPage(
    call,
    "secrets",
    living.map((secret) => toItem(call, secret, findVersion(secret, ""), "")),
  );
}

/** All versions of a secret, without their values. */
export function listVersions(call: SecretCall, name: string): Reply {
  const secret = findLiving(call, name);
  return toPage(
    call,
    `secrets/${secret.name}/versions`,
    secret.versions.map((version) => toItem(call, secret, version)),
  );
}

/** The deleted secrets. */
export function listDeletedSecrets(call: SecretCall): Reply {
  const deleted = call.store.list().filter(({ deletedAt }) => deletedAt !== undefined);
  return toPage(
    call,
    "deletedsecrets",
    deleted.map((secret) => toDeleted(call, secret, "")),
  );
}

const PAGE_LIMIT = 25;

function toPage({ vaultUrl, query }: SecretCall, path: string, entries: readonly JsonObject[]): Reply {
  const size = Number(query.get("maxresults") ?? PAGE_LIMIT);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_LIMIT) {
    throw new VaultRefusal(400, "BadParameter", `maxresults must be from 1 to ${PAGE_LIMIT}.`);
  }
  const start = Number(query.get("$skiptoken") ?? 0);
  const next = new URLSearchParams(query);
  next.set("$skiptoken", String(start + size));
  const nextLink = start + size < entries.length ? `${vaultUrl}/${path}?${next.toString()}` : null;
  return { status: 200, body: { value: entries.slice(start, start + size), nextLink } };
}

function toBundle(call: SecretCall, secret: Secret, version: SecretVersion): JsonObject {
  return { value: version.value, ...toItem(call, secret, version) };
}

function toItem(
  { vaultUrl }: SecretCall,
  { name }: Secret,
  version: SecretVersion,
  suffix = `/${version.version}`,
): JsonObject {
  const { contentType, tags, enabled, notBefore, expires, created, updated } = version;
  return {
    id: `${vaultUrl}/secrets/${name}${suffix}`,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes: {
      enabled,
      ...(notBefore === undefined ? {} : { nbf: notBefore }),
      ...(expires === undefined ? {} : { exp: expires }),
      created,
      updated,
      recoveryLevel: "Recoverable+Purgeable",
      recoverableDays: RECOVERABLE_DAYS,
    },
  };
}

function toDeleted(call: SecretCall, secret: Secret, suffix?: string): JsonObject {
  const deletedDate = secret.deletedAt ?? 0;
  return {
    ...toItem(call, secret, findVersion(secret, ""), suffix),
    recoveryId: `${call.vaultUrl}/deletedsecrets/${secret.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + RECOVERABLE_DAYS * 86_400,
  };
}
