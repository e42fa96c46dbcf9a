import { SiteError, type SiteReason } from "./site-error.ts";

/** What was being done: SFTP's status codes mean different things for a folder and for a file. */
export type SiteAction = "connect" | "list" | "stat" | "read";

/** What ssh2 and Node attach to an error. */
interface Traits {
  readonly code: unknown;
  readonly level: unknown;
  readonly message: string;
}

/**
 * Tells what an error of ssh2, of Node's sockets or of the SFTP server means. What it does not know is `unknown`, which
 * is tried again: calling a passing fault final would lose a day's drop, the other way round costs a few tries.
 */
export function classifySiteError(error: unknown, action: SiteAction): SiteError {
  if (error instanceof SiteError) return error;
  return new SiteError(toReason(traitsOf(error), action), { cause: error });
}

function traitsOf(error: unknown): Traits {
  if (!(error instanceof Error)) return { code: undefined, level: undefined, message: "" };
  const code = "code" in error ? error.code : undefined;
  const level = "level" in error ? error.level : undefined;
  return { code: error.name === "AbortError" ? "ABORT_ERR" : code, level, message: error.message };
}

function toReason(traits: Traits, action: SiteAction): SiteReason {
  return (
    bySocket(traits) ?? (action === "connect" ? byHandshake(traits) : (byStatus(traits, action) ?? byHandshake(traits)))
  );
}

const socketReasons: Readonly<Record<string, SiteReason>> = {
  ABORT_ERR: "aborted",
  ENOTFOUND: "name-not-found",
  // The resolver itself did not answer: passes by itself, unlike a name that does not exist.
  EAI_AGAIN: "unreachable",
  ECONNREFUSED: "refused",
  ETIMEDOUT: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  ECONNRESET: "disconnected",
  ECONNABORTED: "disconnected",
  EPIPE: "disconnected",
};

function bySocket({ code }: Traits): SiteReason | undefined {
  return typeof code === "string" ? socketReasons[code] : undefined;
}

/** ssh2 tells these apart by words only; the tests against real servers notice when a release changes them. */
const phrases: readonly (readonly [RegExp, SiteReason])[] = [
  [/parse privateKey|valid\) private key|passphrase/i, "private-key-unusable"],
  [/host denied/i, "host-key-changed"],
  [/no matching/i, "no-common-algorithm"],
  [/authentication/i, "authentication-failed"],
  [/identification string|greeting/i, "not-ssh"],
  [/subsystem|channel open failure/i, "no-sftp"],
  [/timed out|keepalive timeout/i, "silent"],
  [/connection lost|no response from server|not connected|unexpected (end|close)|connection closed/i, "disconnected"],
];

function byHandshake({ level, message }: Traits): SiteReason {
  if (level === "client-authentication") return "authentication-failed";
  return phrases.find(([words]) => words.test(message))?.[1] ?? "unknown";
}

/** Status codes of draft-ietf-secsh-filexfer-02, section 7; an answer that nobody waited for has none. */
function byStatus({ code }: Traits, action: SiteAction): SiteReason | undefined {
  if (code === 2) return action === "list" ? "no-such-folder" : "no-such-file";
  if (code === 3) return "permission-denied";
  return code === 6 || code === 7 ? "disconnected" : undefined;
}
