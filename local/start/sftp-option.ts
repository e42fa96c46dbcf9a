import { toFile } from "./option-values.ts";
import { WrongOption } from "./wrong-option.ts";

/** An SFTP site of the user's own. */
export interface SftpSource {
  readonly type: "sftp";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  readonly password?: string;
  /** Trusted fingerprint; without it the site is asked for its keys. */
  readonly hostKey?: string;
  /** Path of a private SSH key. */
  readonly sshKey?: string;
}

const example = "sftp://user:password@host:22/folder";

/**
 * Reads `--sftp URL` with `--host-key` and `--ssh-key`. The password may be in the environment instead, where no list of
 * processes shows it.
 * @throws WrongOption that never repeats the URL: it may hold the password
 */
export function toSftpSource(
  text: string,
  hostKey: string | undefined,
  sshKey: string | undefined,
  passwordOfEnvironment: string | undefined,
): SftpSource {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "sftp:" || url.hostname === "") throw new WrongOption(`--sftp must be like ${example}.`);
  const user = toPlain(url.username);
  if (user === "") throw new WrongOption(`--sftp names no user. It must be like ${example}.`);
  const password = toPlain(url.password) || passwordOfEnvironment;
  if (!password && sshKey === undefined) {
    throw new WrongOption(
      "--sftp has no way to sign in. Put the password into the URL or into the environment variable SFTP_PASSWORD, or give --ssh-key FILE.",
    );
  }
  return {
    type: "sftp",
    host: url.hostname.replace(/^\[(.+)\]$/, "$1"),
    port: url.port === "" ? 22 : Number(url.port),
    user,
    folder: toSiteFolder(toPlain(url.pathname)),
    ...(password ? { password } : {}),
    ...(hostKey === undefined ? {} : { hostKey: toFingerprint(hostKey) }),
    ...(sshKey === undefined ? {} : { sshKey: toFile("ssh-key", sshKey) }),
  };
}

/** Without a path, and after `/~/`, it is the folder in which the site lets the user begin. */
function toSiteFolder(path: string): string {
  if (path === "") return ".";
  return /^\/~(\/|$)/.test(path) ? path.slice(3) || "." : path;
}

function toPlain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new WrongOption("--sftp: a % in the URL must be written %25, a / %2F, an @ %40, a : %3A.");
  }
}

function toFingerprint(text: string): string {
  const fingerprint = text.trim().replace(/=+$/, "");
  if (!/^SHA256:[A-Za-z0-9+/]{43}$/.test(fingerprint)) {
    throw new WrongOption(
      "--host-key must be a fingerprint as ssh-keygen -l prints it: SHA256: and 43 characters, such as SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU.",
    );
  }
  return fingerprint;
}
