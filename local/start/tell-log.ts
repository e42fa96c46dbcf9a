import { z } from "zod";
import type { HostLogLine } from "../host/log.ts";

const logged = z.looseObject({ event: z.string(), function: z.string().optional() });
type Logged = z.infer<typeof logged>;

/** Events that the drop's summary tells, with names instead of ids. */
const toldInSummary = new Set([
  "drop.held-at-gate",
  "drop.waits-for-release",
  "file.rejected",
  "item.degraded",
  "item.deviates",
  "item.failed",
  "mailbox.blocked",
  "report.not-balanced",
  "verify.found",
]);

/** What the others mean, in words for whoever sits at the terminal. */
const sentences: Readonly<Record<string, (line: Logged) => string | undefined>> = {
  "connector.fetch-failed": (line) => `! the site could not be fetched: ${toReason(line)}${toHint(line)}`,
  "invocation.failed": toFailure,
  "sweep.drop-failed": (line) => `! drop ${line["drop"]} cannot go on: ${toReason(line)}`,
  // Nothing stood still: it is how a file that may still be arriving is looked for.
  "drop.resumed": ({ drop, what }) =>
    what === "fetch" ? undefined : `- drop ${drop} stood still; its ${what} was set going again`,
  "file.incomplete": () => undefined,
  "item.in-doubt": () => "- an answer of Graph's got lost; its item is looked for before anything is sent again",
  "graph.unauthorised": () => "! Graph refuses the app's token (401); it is tried again with a new one",
  "graph.token-refused": () => undefined,
  "folder.recreated": ({ mailbox }) => `- the folder was gone in mailbox ${mailbox} and was made again`,
  "message.dead": ({ queue, record, reason }) =>
    `! a message of queue ${queue} failed too often${typeof reason === "string" ? ` (${reason})` : ""}; it lies in ${record}`,
};

/** After these nothing is left to say of an invocation that fails: a fetch tells the site's reason before. */
const explanations = new Set(["connector.fetch-failed", "invocation.failed"]);

/** Where the reader has what the sentence calls the connector's settings. */
const hints: Readonly<Record<string, string>> = {
  "SiteError(no-such-folder)": "the folder is the path of --sftp; the user's own folder is /~/",
  "SiteError(authentication-failed)": "the user and the password are in --sftp, the key is --ssh-key",
  "SiteError(host-key-changed)": "the fingerprint is --host-key",
};

/** Fields that say nothing to a person. */
const mute = new Set(["event", "function", "invocation", "errorStack", "connector"]);

/**
 * Makes what tells the functions' log to a person: their warnings and errors in plain words, each sentence once as long as
 * nothing else happens; with `isVerbose` every line as it is.
 */
export function createTeller(say: (line: string) => void, isVerbose: boolean): (line: HostLogLine) => void {
  const told = new BoundedSet();
  // Invocations that have said why they failed; the host says that they failed a moment later.
  const explained = new BoundedSet();
  return (line) => {
    const text = isVerbose ? `  ${line.level.slice(0, 4)} ${line.message}` : toText(line, explained);
    if (text === undefined || told.has(text)) return;
    if (!isVerbose) told.add(text);
    say(text);
  };
}

/** What is repeated for hours must not fill the memory: at its bound it begins anew. */
class BoundedSet {
  #texts = new Set<string>();

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  add(text: string): void {
    if (this.#texts.size >= 1_000) this.#texts = new Set();
    this.#texts.add(text);
  }
}

function toText(logLine: HostLogLine, explained: BoundedSet): string | undefined {
  const { message, level, source, invocationId = "" } = logLine;
  if (!["warning", "error", "critical"].includes(level)) return undefined;
  if (source === "host") return toHostText(logLine, explained);
  const line = parse(message);
  if (line === undefined) return level === "warning" ? undefined : `! ${message}`;
  const isExplained = explained.has(invocationId);
  if (explanations.has(line.event)) explained.add(invocationId);
  if (toldInSummary.has(line.event) || (isExplained && line.event === "invocation.failed")) return undefined;
  const sentence = sentences[line.event];
  return sentence === undefined ? `${level === "warning" ? "-" : "!"} ${toBare(line)}` : sentence(line);
}

const failed = /^Executed 'Functions\.([\w-]+)' \(Failed, Id=[^)]*\) (.*)/;

/**
 * Why a function failed is told by the function itself, and by the host where its process has ended. What is left failed
 * before it could speak, such as an app of which a part cannot be loaded: of that the error's name and code, since nobody
 * has looked at its words.
 */
function toHostText({ message, invocationId = "" }: HostLogLine, explained: BoundedSet): string | undefined {
  const outcome = failed.exec(message);
  if (outcome === null) return `! ${message}`;
  const [, name, error = ""] = outcome;
  if (explained.has(invocationId) || error.startsWith("The worker process ")) return undefined;
  const kind = /^\w*Error(?: \[\w+\])?/.exec(error)?.[0] ?? "unknown";
  return `! ${name} failed before it could say why: ${kind}. A start with --verbose shows all.`;
}

function parse(message: string): Logged | undefined {
  try {
    return logged.parse(JSON.parse(message));
  } catch {
    return undefined;
  }
}

function toFailure(line: Logged): string {
  return `! ${line.function ?? "a function"} failed and is tried again: ${toReason(line)}`;
}

/** The words for people where the error has some; else its name and those of its causes. */
function toReason(line: Logged): string {
  const { errorMessage, error, errorCauses } = line;
  if (typeof errorMessage === "string") return errorMessage;
  return [error, errorCauses].filter((part) => typeof part === "string").join(" < ") || "unknown";
}

function toHint({ error }: Logged): string {
  const hint = typeof error === "string" ? hints[error] : undefined;
  return hint === undefined ? "" : ` (Here ${hint}.)`;
}

function toBare(line: Logged): string {
  const facts = Object.entries(line).filter(([name]) => !mute.has(name));
  return [line.event, ...facts.map(([name, value]) => `${name}=${String(value)}`)].join(" ");
}
