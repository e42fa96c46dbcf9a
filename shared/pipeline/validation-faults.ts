import { DecryptError } from "../decrypt/decrypt-error.ts";
import { SilentSource } from "../decrypt/silent-source.ts";
import { SiteError, type SiteReason } from "../fetch/site-error.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import { MissingSecret } from "../secrets/secrets.ts";
import { VaultFault } from "../secrets/vault-fault.ts";

/** Why a step failed: a static word, and a sentence with what to do. */
export interface ToldFault {
  readonly reason: string;
  readonly message: string;
}

/** What a fetch tries again by itself, somebody who validates has to try again. */
const byHand: Readonly<Partial<Record<SiteReason, string>>> = {
  silent: "The SFTP site stopped answering. Try again; if it goes on, ask the site's operator.",
  disconnected:
    "The SFTP site closed the connection. Try again; if it happens at once, the site may not have allow-listed the app's outbound address.",
  unknown: "The SFTP site answered in an unexpected way. Try again; if it goes on, ask the site's operator.",
  "no-such-file": "The newest file is no longer on the SFTP site: it was moved or deleted just now. Try again.",
  "file-shrank":
    "The newest file ended before the size that the listing gave: it is being replaced or was cut. Try again later.",
  "file-grew": "The newest file is longer than the listing said: it is still being written. Try again later.",
};

const timedOut: ToldFault = {
  reason: "timed-out",
  message: "It was given up because it took too long. Try again; if it goes on, ask the site's operator.",
};

/** What a fault of the site, a file or a secret is told as; undefined for anything else. */
export function tellFault(error: unknown): ToldFault | undefined {
  if (error instanceof SiteError) {
    if (error.reason === "aborted") return timedOut;
    return { reason: error.reason, message: byHand[error.reason] ?? error.message };
  }
  if (error instanceof SilentSource) return timedOut;
  if (error instanceof DecryptError || error instanceof UnparsableFile) {
    return { reason: error.reason, message: toSentence(error.message) };
  }
  if (error instanceof MissingSecret) return { reason: "secret-missing", message: tellMissing(error.secret) };
  if (error instanceof VaultFault) return { reason: "vault", message: error.message };
  return undefined;
}

/** A parser's words begin in the middle of a sentence. */
function toSentence(message: string): string {
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}

function tellMissing(secret: string): string {
  if (secret.endsWith("-sftp-password")) return "There is no SFTP password yet. Set it.";
  if (secret.endsWith("-sftp-private-key")) return "There is no SSH key yet. Generate or upload one.";
  return "The vault does not have a PGP key that the connector uses. Generate or upload one.";
}
