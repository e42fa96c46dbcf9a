import type { ConnectorName } from "../chat/identifiers.ts";

/** What a connector keeps in the vault. PGP keys are numbered from 1: old ones stay for evidence that needs them. */
export type SecretPart =
  | "sftp-password"
  | "sftp-private-key"
  | "sftp-passphrase"
  // The key that takes the place of the current one, once the site knows it.
  | "sftp-private-key-next"
  | "sftp-passphrase-next"
  | `pgp-private-key-${number}`
  | `pgp-passphrase-${number}`;

/** Name of a connector's secret, e.g. `icechat-acme-sftp-password`: letters, digits and hyphens, as a vault demands. */
export function secretName(connector: ConnectorName, part: SecretPart): string {
  return `icechat-${connector}-${part}`;
}
