import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ConnectorName } from "../../shared/chat/identifiers.ts";
import { type SecretPart, secretName } from "../../shared/secrets/secret-name.ts";
import { openSecretStore, type SecretStore } from "../key-vault/secret-store.ts";
import type { World } from "./world.ts";

/** The vault of a world, while its stand-in does not run yet. */
export function openVault(world: World): SecretStore {
  return openSecretStore(join(world.folder, "key-vault"));
}

/** Puts a secret into the vault's folder, unless it is there with this value. */
export function seedSecret(vault: SecretStore, connector: ConnectorName, part: SecretPart, value: string): void {
  const name = secretName(connector, part);
  const known = vault.get(name);
  if (known?.versions.at(-1)?.value === value) return;
  const now = Math.floor(Date.now() / 1000);
  const version = { version: randomBytes(16).toString("hex"), value, enabled: true, created: now, updated: now };
  vault.put({ name, versions: [...(known?.versions ?? []), version] });
}
