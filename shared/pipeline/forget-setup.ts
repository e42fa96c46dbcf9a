import type { ConnectorName } from "../chat/identifiers.ts";
import { secretName } from "../secrets/secret-name.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { retireSshKey } from "./store-ssh-key.ts";

/** What forgetting takes. */
export interface ForgetSetupDeps {
  readonly blobs: Pick<Blobs, "remove">;
  readonly secrets: Pick<Secrets, "retire">;
}

/** What `forgetSetup` leaves behind nothing of, in sentences. */
export const gone: readonly string[] = [
  "The SFTP password and the SSH keys: they are disabled in the vault, and can be enabled there again.",
  "The mapping and the hold list.",
];

/** What stays of a connector or draft, in sentences. */
export const stays: readonly string[] = [
  "The PGP keys in the vault: files may still come that are encrypted for them, and evidence needs them. A connector or draft of the same name finds them again.",
];

/**
 * Forgets what was set up for a name besides its settings. A password must not lie in wait for the next one who sets up a
 * connector of that name, perhaps with another host. Doing it again comes to the same. @throws VaultFault
 */
export async function forgetSetup({ blobs, secrets }: ForgetSetupDeps, name: ConnectorName): Promise<void> {
  await secrets.retire(secretName(name, "sftp-password"));
  await retireSshKey(secrets, name, "current");
  await retireSshKey(secrets, name, "next");
  await blobs.remove(paths.mapping(name));
  await blobs.remove(paths.holdList(name));
  await blobs.remove(paths.validation(name));
}
