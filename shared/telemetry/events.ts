/** How grave a line is. */
export type LogLevel = "info" | "warn" | "error";

/** One kind of line: what it says, and the fields that may be in it. */
interface EventShape {
  readonly level: LogLevel;
  /** What has happened; docs/operations.md prints it. */
  readonly when: string;
  readonly fields: readonly string[];
}

/** What an error that was caught may tell: error-fields.ts. */
const error = ["error", "errorMessage", "errorCauses", "errorStack"] as const;
const drop = ["drop", "gen"] as const;
const file = ["drop", "file"] as const;
const run = ["drop", "gen", "mailbox"] as const;
const counts = ["imported", "partial", "skipped", "failed"] as const;

/**
 * What may be in any line: the function and its invocation (the host's id), the connector, and by what a run is followed:
 * `runId` is `{drop}/{gen}`, `trace` and `span` are those of W3C trace context, `parent` the span that sent the message.
 */
export const commonFields = ["function", "invocation", "runId", "trace", "span", "parent", "connector"] as const;

/**
 * Every event that the app can tell, so that alerts, workbook and docs/operations.md speak of nothing else (tests compare
 * them). Fields are ids, counts, hashes, durations and static words: never people, addresses, file names or chats.
 */
export const events = {
  "connector.fetched": {
    level: "info",
    when: "A connector's fetch is over. `outcome`: fetched, busy (another process is at it), paused, refused, spared (the site refused lately, so it was not asked), gone (the connector was deleted meanwhile).",
    fields: ["outcome"],
  },
  "connector.fetch-failed": {
    level: "error",
    when: "The site cannot be used, or the fetch broke off. `reason` is the site's fault in a word; the error's message says what to do.",
    fields: ["reason", "nextTryAt", ...error],
  },
  "connector.validated": {
    level: "info",
    when: "An admin has tried a connection. `step` is the first one that failed, `reason` why, in a word.",
    fields: ["isOk", "step", "reason"],
  },
  "connector.measured": {
    level: "info",
    when: "At each sweep that does everything, for each connector: how long ago it was fetched well, and how long ago a file came that was not known.",
    fields: ["isPaused", "sinceFetchInMs", "sinceFileInMs"],
  },
  "fetch.fault": {
    level: "error",
    when: "One file or drop could not be fetched or verified. The others go on, and it is tried again.",
    fields: [...file, ...error],
  },
  "site.next-key-used": {
    level: "info",
    when: "The site refused the connector's current SSH key and took the next one: switch the keys.",
    fields: [],
  },
  "site.listed": {
    level: "info",
    when: "The site's folder was listed. `fresh` files were not known, `unsettled` ones still grow.",
    fields: ["files", "fresh", "unsettled"],
  },
  "site.known-files-forgotten": {
    level: "info",
    when: "What was remembered of the files that a connector has seen could not be read, and was read anew from their records. Nothing is lost.",
    fields: [...error],
  },
  "site.entries-unusable": {
    level: "error",
    when: "The site lists what nobody can fetch: impossible names, no size or time.",
    fields: ["entries"],
  },
  "file.fetched": {
    level: "info",
    when: "A file is in evidence as it came.",
    fields: [...file, "sizeInBytes", "sha256"],
  },
  "file.verified": {
    level: "info",
    when: "A file was decrypted, checked and counted. `unclaimed`: attachments beside the chats that no chat names.",
    fields: [...file, "chatFiles", "items", "unclaimed"],
  },
  "file.duplicate": {
    level: "info",
    when: "The same content came before, as file `of`; it is not counted again.",
    fields: [...file, "of"],
  },
  "file.incomplete": {
    level: "warn",
    when: "A file is cut or not to be had. It is looked for again.",
    fields: [...file, "reason", "tries"],
  },
  "file.rejected": {
    level: "error",
    when: "A file is put aside with its reason. Its evidence stays.",
    fields: [...file, "reason", "offset"],
  },
  "file.reread": {
    level: "warn",
    when: "A file that did not fit its checksum was read from the site once more.",
    fields: [...file, "sha256"],
  },
  "checksum.not-readable": {
    level: "warn",
    when: "A checksum file cannot be read; its file is taken without it.",
    fields: [...file, "reason"],
  },
  "checksum.compared-late": {
    level: "info",
    when: "A checksum that came after its file was compared with what is there.",
    fields: [...file, "checksums", "outcome"],
  },
  "checksum.late-mismatch": {
    level: "error",
    when: "A checksum that came after its file does not fit it, and the file's items may be imported already.",
    fields: [...file, "checksums", "outcome"],
  },
  "file.sealed": {
    level: "info",
    when: "A drop file was parsed into chunks.",
    fields: [...drop, "file", "chunks", "items"],
  },
  "drop.moved": { level: "info", when: "A drop has come to its next state.", fields: [...drop, "items", "state"] },
  "drop.held-at-gate": {
    level: "error",
    when: "A site day has more items than the connector's limit; nothing of the drop is released.",
    fields: [...drop, "siteDayItems", "limit"],
  },
  "drop.waits-for-release": {
    level: "warn",
    when: "At each sweep: a drop that the gate holds.",
    fields: [...drop, "siteDayItems", "limit"],
  },
  "drop.released-by-hand": {
    level: "warn",
    when: "Somebody released a drop that was held.",
    fields: [...drop, "items"],
  },
  "drop.reprocess-asked": {
    level: "info",
    when: "A drop's next generation has begun.",
    fields: [...drop, "scope"],
  },
  "drop.resumed": {
    level: "warn",
    when: "The sweep has set going again what stood still; `what` says which step.",
    fields: [...drop, "state", "what"],
  },
  "drop.waits-long": {
    level: "warn",
    when: "At each sweep: a drop that has not moved for WAITING_ALERT_SECONDS.",
    fields: [...drop, "state", "waitedInMs", "dead", "because", "mailboxes"],
  },
  "drop.closed": {
    level: "info",
    when: "A drop is done: the equation of its report.",
    fields: [...drop, "items", "available", ...counts, "unmappedItems"],
  },
  "drop.plaintext-deleted": {
    level: "info",
    when: "A closed drop's plaintext was deleted, PLAINTEXT_DAYS after the close.",
    fields: ["drop", "removed"],
  },
  "drops.measured": {
    level: "info",
    when: "At each sweep that does everything: the drops that are open, how many of them the gate holds, and the age of the oldest.",
    fields: ["open", "held", "oldestOpenInMs"],
  },
  "report.not-balanced": {
    level: "error",
    when: "The terms of a report's equation, counted by different stages, differ.",
    fields: [...drop, "imbalances"],
  },
  "people.resolved": {
    level: "info",
    when: "A generation's people were mapped to mailboxes. `listFaults`: mailboxes of the hold list that are none.",
    fields: [...drop, "persons", "unmapped", "mappingFaults", "listFaults"],
  },
  "people.not-resolved-yet": {
    level: "info",
    when: "The people could not be looked up when a file was opened; the mapping of each of its chunks tries again.",
    fields: [...drop, ...error],
  },
  "people.addresses-changed-hands": {
    level: "warn",
    when: "Addresses belong to somebody else than at the first mapping; the former owners keep their chats.",
    fields: [...drop, "persons"],
  },
  "partition.gathered": {
    level: "info",
    when: "A partition's work lists are written.",
    fields: [...drop, "p", "mailboxes"],
  },
  "slice.ended": {
    level: "info",
    when: "A slice of a mailbox run is over; the counts are the whole run's so far. `throttledInMs` is what Graph asked to wait in this slice.",
    fields: [...run, "slice", "end", "reason", "waitInMs", "cursor", "throttles", "throttledInMs", ...counts],
  },
  "run.ended": {
    level: "info",
    when: "A mailbox run is done or blocked: its outcome, and how many chat days were read back.",
    fields: [...run, "state", "degraded", "deviating", "days", "daysRead", ...counts],
  },
  "verify.continues": {
    level: "info",
    when: "Reading a folder back goes on in another slice.",
    fields: [...run, "slice", "days", "daysRead", "waitInMs"],
  },
  "verify.found": {
    level: "error",
    when: "Reading a folder back found items missing, doubled or without a receipt.",
    fields: [...run, "missing", "moved", "double", "unrecorded", "unchecked"],
  },
  "item.in-doubt": {
    level: "warn",
    when: "It is unknown whether Graph stored an item; it is looked for before anything else is done.",
    fields: [...run, "slice", "key", "because"],
  },
  "item.degraded": {
    level: "warn",
    when: "Graph refused a part of an item (its addresses, say), which is left out.",
    fields: [...run, "slice", "key", "reason"],
  },
  "item.deviates": {
    level: "error",
    when: "Graph stored an item otherwise than asked: a draft, another date, another folder.",
    fields: [...run, "slice", "key", "deviations"],
  },
  "item.failed": {
    level: "warn",
    when: "An item is not in the mailbox, for the reason given. The next generation tries it again.",
    fields: [...run, "slice", "key", "reason"],
  },
  "mailbox.blocked": {
    level: "error",
    when: "A mailbox cannot be written to: out of the app's scope, gone, full.",
    fields: [...run, "slice", "reason", "code"],
  },
  "mailbox.waits-long": {
    level: "warn",
    when: "At each sweep: a mailbox of a drop in which nothing has happened for WAITING_ALERT_SECONDS.",
    fields: [...run, "waitedInMs", "reason", "items"],
  },
  "mailbox.recreated": {
    level: "warn",
    when: "A person's mailbox is another one than before; all of their items are imported into it.",
    fields: ["oid", "epoch"],
  },
  "mailbox.restored": {
    level: "warn",
    when: "A person's mailbox is an earlier one again.",
    fields: ["oid", "epoch"],
  },
  "folder.recreated": {
    level: "error",
    when: "The folder was gone and was made again. What has receipts is not imported again.",
    fields: [...run, "slice"],
  },
  "graph.unauthorised": {
    level: "error",
    when: "A slice had no token, or Graph refused it.",
    fields: [...run, "slice"],
  },
  "graph.token-refused": {
    level: "warn",
    when: "Graph answered 401 once; a new token was asked for.",
    fields: ["hasClaims"],
  },
  "secret.measured": {
    level: "info",
    when: "At each fetch, for each of the connector's secrets: its age, and when it expires if that is set (a PGP key's own expiry too).",
    fields: ["secret", "ageInDays", "expiresInDays"],
  },
  "secret.expires-soon": {
    level: "warn",
    when: "One of them expires within 30 days, or has.",
    fields: ["secret", "ageInDays", "expiresInDays"],
  },
  "queue.measured": {
    level: "info",
    when: "At each sweep that does everything, for each queue: about how many messages are in it, and in its poison queue.",
    fields: ["queue", "messages", "poison"],
  },
  "message.dead": {
    level: "error",
    when: "A piece of work failed five times and is put aside; the sweep tries it again.",
    fields: ["queue", ...run, "file", "chunk", "p", "P", "slice", "record", "deaths", "reason"],
  },
  "work.redriven": {
    level: "info",
    when: "Work that was put aside was sent again.",
    fields: ["queue", ...run, "file", "chunk", "p", "P", "slice"],
  },
  "sweep.drop-failed": {
    level: "error",
    when: "The sweep cannot move one drop on; the others go on.",
    fields: ["drop", ...error],
  },
  "clean.drop-failed": {
    level: "error",
    when: "A closed drop's plaintext cannot be deleted.",
    fields: ["drop", ...error],
  },
  "check.ended": {
    level: "info",
    when: "The app has checked itself, as `npm run doctor` asks: how many findings came out how.",
    fields: ["check", "ok", "warnings", "wrong", "skipped"],
  },
  "api.called": {
    level: "info",
    when: "A call of the API was answered; the time is until the answer began.",
    fields: ["endpoint", "status", "durationInMs"],
  },
  "api.refused": {
    level: "warn",
    when: "A call of the API was refused. `reason` is the problem's name (docs/api.md).",
    fields: ["endpoint", "reason"],
  },
  "api.broken-off": {
    level: "error",
    when: "A download of the API broke off. Nobody takes it for whole; it can be asked for again.",
    fields: [...error],
  },
  "dependency.used": {
    level: "info",
    when: "At the end of an invocation, for each kind of request it made: how many, how many failed or were throttled, and the time in all and of the longest. Each try counts.",
    fields: ["dependency", "operation", "calls", "failures", "throttled", "totalInMs", "longestInMs"],
  },
  "invocation.ended": {
    level: "info",
    when: "An invocation is over. `outcome`: succeeded or failed.",
    fields: ["outcome", "durationInMs"],
  },
  "invocation.failed": {
    level: "error",
    when: "An invocation failed; the host tries it again as its trigger says.",
    fields: [...error],
  },
  "failure.not-kept": {
    level: "error",
    when: "The reason of a failure could not be written beside the dead work.",
    fields: [...error],
  },
  "process.crashed": {
    level: "error",
    when: "An error from outside of every invocation has ended the process; its last line, on standard error.",
    fields: [...error],
  },
} as const satisfies Readonly<Record<string, EventShape>>;

/** Name of an event. */
export type EventName = keyof typeof events;

/** Names of the events of one level. */
export type EventOf<L extends LogLevel> = {
  [E in EventName]: (typeof events)[E]["level"] extends L ? E : never;
}[EventName];
