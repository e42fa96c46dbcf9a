import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const versionSchema = z.object({
  version: z.string(),
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean(),
  /** Seconds since 1970, as Key Vault counts. */
  notBefore: z.number().optional(),
  expires: z.number().optional(),
  created: z.number(),
  updated: z.number(),
});

const secretSchema = z.object({
  name: z.string(),
  /** Oldest first; the last is the current one. */
  versions: z.array(versionSchema).min(1),
  /** Seconds since 1970 of its deletion; a deleted secret can be recovered until it is purged. */
  deletedAt: z.number().optional(),
});

/** One version of a secret. */
export type SecretVersion = z.output<typeof versionSchema>;

/** A secret with all its versions. */
export type Secret = z.output<typeof secretSchema>;

/** The secrets of a vault, deleted ones included. Names have no case. */
export interface SecretStore {
  get(name: string): Secret | undefined;
  /** By name. */
  list(): readonly Secret[];
  put(secret: Secret): void;
  purge(name: string): void;
}

/**
 * Opens the secrets: in memory, or in a folder with a file for each that only its owner can read. A file is written whole
 * beside the old one and then put in its place, so a killed process leaves the old or the new secret.
 *
 * @throws ZodError or SyntaxError when a file in the folder is no secret
 */
export function openSecretStore(stateDir: string | undefined): SecretStore {
  const secrets = new Map<string, Secret>();
  if (stateDir !== undefined) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    for (const secret of readSecrets(stateDir)) secrets.set(secret.name.toLowerCase(), secret);
  }
  return {
    get: (name) => secrets.get(name.toLowerCase()),
    list: () => [...secrets.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    put(secret) {
      if (stateDir !== undefined) writeSecret(stateDir, secret);
      secrets.set(secret.name.toLowerCase(), secret);
    },
    purge(name) {
      if (stateDir !== undefined) rmSync(toPath(stateDir, name), { force: true });
      secrets.delete(name.toLowerCase());
    },
  };
}

function toPath(folder: string, name: string): string {
  return join(folder, `${name.toLowerCase()}.json`);
}

function readSecrets(folder: string): Secret[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => secretSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))));
}

function writeSecret(folder: string, secret: Secret): void {
  const path = toPath(folder, secret.name);
  writeFileSync(`${path}.new`, JSON.stringify(secret), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** A version's id: 32 hexadecimal digits, as Key Vault's. */
export function toVersionId(name: string, count: number, createdAtInMs: number): string {
  return createHash("sha256").update(`${name.toLowerCase()}\n${count}\n${createdAtInMs}`).digest("hex").slice(0, 32);
}
