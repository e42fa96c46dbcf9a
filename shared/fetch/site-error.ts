/**
 * Everything that can be wrong with a site, told apart by what somebody has to do about it.
 * The sentences hold no names, paths or secrets: they end up in logs and reports.
 */
const sentences = {
  "host-key-changed":
    "The SFTP site showed a host key that is not among the trusted ones, so nothing was sent to it. Ask the site's operator whether the key was changed; if so, confirm the new fingerprint in the connector's settings.",
  "authentication-failed":
    "The SFTP site refused the sign-in. Check the user name (usually the firm code), the password, and that the site has the connector's current public SSH key.",
  "private-key-unusable":
    "The private SSH key cannot be used: it is damaged, of an unknown kind, or its passphrase is wrong. Upload the key again with its passphrase, or generate a new pair.",
  "no-such-folder":
    "The folder does not exist on the SFTP site. Check the folder in the connector's settings; most sites start in the user's own folder, written as a dot.",
  "no-such-file":
    "The file is no longer on the SFTP site. It may have been moved or deleted there; the next listing will tell.",
  "permission-denied":
    "The SFTP site does not let this user read here. Ask the site's operator to grant list and read rights.",
  "name-not-found":
    "The SFTP host's name cannot be resolved. Check the host name for typing errors, and the app's DNS.",
  refused:
    "Nothing listens at this host and port. Check the port (usually 22) and whether the site has allow-listed the app's outbound address.",
  unreachable:
    "The SFTP host cannot be reached. Check host and port, the app's network, and whether the site has allow-listed the app's outbound address.",
  silent: "The SFTP site stopped answering. It is tried again by itself; if this goes on, ask the site's operator.",
  disconnected:
    "The SFTP site closed the connection. It is tried again by itself; if it happens at once, the site may not have allow-listed the app's outbound address.",
  "not-ssh": "What answers at this host and port does not speak SSH. Check the port.",
  "no-common-algorithm":
    "The SFTP site and the connector have no encryption method in common. Ask the site's operator for a server that offers current algorithms.",
  "no-sftp": "The SSH server offers no SFTP to this user. Ask the site's operator to enable the SFTP subsystem.",
  "file-shrank":
    "The file ended before the size that the listing gave: it is being replaced or was cut. It is tried again later.",
  "file-grew": "The file is longer than the listing said: it is still being written. It is tried again later.",
  "bad-listing": "The SFTP site sent a listing without end, so nothing was taken from it. Ask the site's operator.",
  "bad-attributes": "The SFTP site tells neither size nor time of the file. Ask the site's operator.",
  aborted: "The work was told to stop before the SFTP site had answered. It is tried again by itself.",
  unknown:
    "The SFTP site answered in an unexpected way. It is tried again by itself; if this goes on, ask the site's operator.",
} as const;

/** What is wrong with the site. */
export type SiteReason = keyof typeof sentences;

/** Every reason. */
export const siteReasons = Object.keys(sentences).filter(isSiteReason);

/**
 * Reasons that go away by themselves. All others need somebody to change something; they are still tried at the next
 * run, because calling a passing fault final would lose a day.
 */
const passing: ReadonlySet<SiteReason> = new Set([
  "no-such-file",
  "unreachable",
  "silent",
  "disconnected",
  "file-shrank",
  "file-grew",
  "aborted",
  "unknown",
]);

/** The site cannot be used as asked. `message` says what to do and is safe to log; `cause` may not be. */
export class SiteError extends Error {
  override readonly name = "SiteError";
  readonly messageIsOurs = true;
  readonly reason: SiteReason;
  /** Whether trying again, without anybody changing anything, makes sense. */
  readonly isPassing: boolean;

  constructor(reason: SiteReason, options?: ErrorOptions) {
    super(sentences[reason], options);
    this.reason = reason;
    this.isPassing = passing.has(reason);
  }
}

function isSiteReason(name: string): name is SiteReason {
  return name in sentences;
}
