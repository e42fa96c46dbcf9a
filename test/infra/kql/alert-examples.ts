import { all, line, often, type Rows, row } from "./rows.ts";

/** Rows, and the alerts that they have to raise: one for each value that the alert is split by, none at all for []. */
export interface Example {
  readonly what: string;
  readonly rows: Rows;
  readonly raises: readonly string[];
}

const hour = 3_600_000;
const none: Rows = {};
/** Of an alert that is not split. */
const once = [""];
const drop = "emea-2026-11-24-1";
const other = "apac-2026-11-24-1";
const healthy = often(6, (ago) => line("invocation.ended", { function: "sweep", outcome: "succeeded" }, ago), 5);

function example(what: string, rows: Rows, raises: readonly string[]): Example {
  return { what, rows, raises };
}

function runs(failed: number, succeeded: number, resultCode = "0", name = "mapChats"): Rows {
  const make = (isGood: boolean) =>
    row("AppRequests", { Success: isGood, ResultCode: resultCode, OperationName: name });
  return all(...Array.from({ length: failed + succeeded }, (_, at) => make(at >= failed)));
}

function blobCall(OperationName: string, ObjectKey: string, StatusCode = "202"): Rows {
  return row("StorageBlobLogs", { OperationName, ObjectKey, StatusCode, AuthenticationType: "OAuth" });
}

function queueCall(queue: string, OperationName = "PutMessage", StatusCode = "201"): Rows {
  return row("StorageQueueLogs", { OperationName, StatusCode, ObjectKey: `/account/${queue}` });
}

function connector(sinceFileInMs: number | undefined, isPaused = false, minutesAgo = 3): Rows {
  return line("connector.measured", { connector: "emea", isPaused, sinceFetchInMs: hour, sinceFileInMs }, minutesAgo);
}

function failedFetch(reason: string, minutesAgo = 3): Rows {
  return line("connector.fetch-failed", { connector: "emea", reason, nextTryAt: 1_795_608_000_000 }, minutesAgo);
}

function slices(count: number, throttledInMs: number): Rows {
  const slice = (ago: number) => line("slice.ended", { drop, end: "paused", throttles: 1, throttledInMs }, ago);
  const work = (ago: number) => line("invocation.ended", { function: "importMailbox", durationInMs: 60_000 }, ago);
  return all(often(count, slice), often(count, work));
}

/** By alert: what has to raise it, and what must not. */
export const alertExamples: Readonly<Record<string, readonly Example[]>> = {
  "app-silent": [
    example("nothing at all", none, once),
    example("only other functions", line("invocation.ended", { function: "fetchDrops", outcome: "succeeded" }), once),
    example("the last sweep was forty minutes ago", line("invocation.ended", { function: "sweep" }, 40), once),
    example("a sweep every five minutes", healthy, []),
    example(
      "sweeps that fail have an alert of their own",
      line("invocation.ended", { function: "sweep", outcome: "failed" }),
      [],
    ),
  ],
  "functions-failing": [
    example("a timer that fails each time", runs(3, 0), ["mapChats"]),
    example("twenty failures among many", runs(20, 150), ["mapChats"]),
    example("two functions", all(runs(4, 0), runs(3, 1, "0", "sweep")), ["mapChats", "sweep"]),
    example("a server error of the API", runs(5, 0, "500", "api"), ["api"]),
    example("some failures among many", runs(5, 200), []),
    example("two failures", runs(2, 0), []),
    example("people who are not signed in", runs(30, 0, "401", "api"), []),
  ],
  "process-crashed": [
    example("last words as a line", row("AppTraces", { Message: '{"level":"error","event":"process.crashed"}' }), once),
    example(
      "last words after words of the host",
      row("AppTraces", { Message: 'stderr: {"event":"process.crashed"}' }),
      once,
    ),
    example(
      "three processes that ended",
      often(3, (ago) =>
        row(
          "AppExceptions",
          { ExceptionType: "Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException" },
          ago,
        ),
      ),
      once,
    ),
    example(
      "one that ended without last words",
      row("AppExceptions", { ExceptionType: "Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException" }),
      [],
    ),
    example(
      "other exceptions",
      often(9, (ago) => row("AppExceptions", { ExceptionType: "InvocationFailed" }, ago)),
      [],
    ),
    example("other lines", healthy, []),
  ],
  "sweep-failing": [
    example(
      "three times, one drop",
      often(3, (ago) => line("sweep.drop-failed", { drop }, ago), 5),
      [drop],
    ),
    example(
      "plaintext that stays",
      often(4, (ago) => line("clean.drop-failed", { drop }, ago), 5),
      [drop],
    ),
    example(
      "twice",
      often(2, (ago) => line("sweep.drop-failed", { drop }, ago), 5),
      [],
    ),
    example(
      "three drops, each once",
      all(...["a", "b", "c"].map((one) => line("sweep.drop-failed", { drop: one }))),
      [],
    ),
  ],
  "http-server-errors": [
    example("six server errors", runs(6, 0, "503", "api"), once),
    example("five", runs(5, 0, "503", "api"), []),
    example("refusals, and functions without a code", all(runs(9, 0, "404", "api"), runs(9, 0)), []),
  ],
  "no-drop": [
    // The examples look on a Wednesday at noon.
    example("a file 37 hours ago, on a weekday", connector(37 * hour), ["emea"]),
    example("a file on Friday at noon, more than 36 hours of weekdays ago", connector(5 * 24 * hour), ["emea"]),
    example("a file on Saturday, of which only Monday to Wednesday count", connector(4 * 24 * hour), ["emea"]),
    example("a file 35 hours ago", connector(35 * hour), []),
    example("a paused connector", connector(400 * hour, true), []),
    example("a file has come since", all(connector(37 * hour, false, 20), connector(hour, false, 3)), []),
    example("a connector that never had a file", connector(undefined), []),
  ],
  "host-key-changed": [
    example("another host key", failedFetch("host-key-changed"), ["emea"]),
    example("another fault of the site", failedFetch("authentication-failed"), []),
  ],
  "site-sign-in-refused": [
    example("a wrong password", failedFetch("authentication-failed"), ["emea"]),
    example("a key that cannot be used", failedFetch("private-key-unusable"), ["emea"]),
    example("another fault of the site", failedFetch("silent"), []),
  ],
  "fetch-failing": [
    example(
      "three tries in vain",
      often(3, (ago) => failedFetch("unreachable", ago), 30),
      ["emea"],
    ),
    example(
      "three tries in vain, for a reason of ours",
      often(3, (ago) => line("connector.fetch-failed", { connector: "emea", error: "VaultFault(503)" }, ago), 30),
      ["emea"],
    ),
    example(
      "files that cannot be fetched",
      often(3, (ago) => line("fetch.fault", { connector: "emea", file: "f" }, ago), 30),
      ["emea"],
    ),
    example(
      "a fetch that was spared is none",
      all(
        often(3, (ago) => failedFetch("silent", ago), 30),
        line("connector.fetched", { connector: "emea", outcome: "spared" }, 1),
      ),
      ["emea"],
    ),
    example(
      "it has worked since",
      all(
        often(3, (ago) => failedFetch("silent", ago + 5), 30),
        line("connector.fetched", { connector: "emea", outcome: "fetched" }, 1),
      ),
      [],
    ),
    example(
      "two tries",
      often(2, (ago) => failedFetch("unreachable", ago), 30),
      [],
    ),
    example(
      "what has an alert of its own",
      often(5, (ago) => failedFetch("host-key-changed", ago), 30),
      [],
    ),
    example(
      "three connectors, each once",
      all(...["a", "b", "c"].map((one) => line("connector.fetch-failed", { connector: one, reason: "silent" }))),
      [],
    ),
  ],
  "site-entries-unusable": [
    example("yesterday's listing had some", line("site.entries-unusable", { connector: "emea", entries: 2 }, 25 * 60), [
      "emea",
    ]),
    example("three days ago", line("site.entries-unusable", { connector: "emea", entries: 2 }, 72 * 60), []),
    example("a usual listing", line("site.listed", { connector: "emea", files: 3, fresh: 1, unsettled: 0 }), []),
  ],
  "secret-expires": [
    example(
      "in a month",
      line("secret.expires-soon", { connector: "emea", secret: "sftp-password", expiresInDays: 29 }),
      ["emea/sftp-password/within 30 days"],
    ),
    example(
      "in a week, which tells anew",
      line("secret.expires-soon", { connector: "emea", secret: "sftp-password", expiresInDays: 7 }),
      ["emea/sftp-password/within a week"],
    ),
    example(
      "yesterday",
      line("secret.expires-soon", { connector: "emea", secret: "pgp-private-key-1", expiresInDays: -1 }),
      ["emea/pgp-private-key-1/expired"],
    ),
    example(
      "a key that is only measured",
      line("secret.measured", { connector: "emea", secret: "sftp-password", expiresInDays: 90 }),
      [],
    ),
  ],
  "file-rejected": [
    example("one file", line("file.rejected", { drop, file: "f", reason: "damaged" }), [drop]),
    example(
      "files of two drops",
      all(line("file.rejected", { drop }), line("file.rejected", { drop: other }), line("file.rejected", { drop })),
      [drop, other],
    ),
    example(
      "duplicates and files that are still cut",
      all(line("file.duplicate", { drop }), line("file.incomplete", { drop, tries: 1 })),
      [],
    ),
  ],
  "checksum-late-mismatch": [
    example(
      "a late checksum that does not fit",
      line("checksum.late-mismatch", { drop, file: "f", outcome: "mismatched" }),
      [drop],
    ),
    example("one that fits", line("checksum.compared-late", { drop, file: "f", outcome: "matched" }), []),
  ],
  "drop-held": [
    example("at the gate", line("drop.held-at-gate", { drop, siteDayItems: 250_000, limit: 200_000 }), [drop]),
    example(
      "at each sweep",
      often(6, (ago) => line("drop.waits-for-release", { drop }, ago), 5),
      [drop],
    ),
    example("released", line("drop.released-by-hand", { drop }), []),
  ],
  "drop-stuck": [
    example("a drop that waits", line("drop.waits-long", { drop, state: "sealed", waitedInMs: 3 * hour }), [drop]),
    example(
      "a mailbox of it",
      all(
        line("mailbox.waits-long", { drop, waitedInMs: 3 * hour }),
        line("drop.waits-long", { drop, waitedInMs: 3 * hour, mailboxes: 1 }),
      ),
      [drop],
    ),
    example("one that moves", line("drop.moved", { drop, state: "importing" }), []),
  ],
  "message-poisoned": [
    example(
      "work given up, told three ways, is one alert",
      all(
        line("message.dead", { queue: "mailboxes", drop, deaths: 1 }),
        queueCall("mailboxes-poison"),
        line("queue.measured", { queue: "mailboxes", messages: 0, poison: 1 }),
      ),
      ["mailboxes"],
    ),
    example("a blob event", all(line("message.dead", { queue: "released" }), queueCall("webjobs-blobtrigger-poison")), [
      "released",
    ]),
    example(
      "a message that no function could read",
      line("queue.measured", { queue: "chats", messages: 0, poison: 2 }),
      ["chats"],
    ),
    example(
      "storage tells the name in quotes",
      row("StorageQueueLogs", { OperationName: "PutMessage", StatusCode: "201", ObjectKey: '"/account/chats-poison"' }),
      ["chats"],
    ),
    example(
      "usual traffic",
      all(
        queueCall("mailboxes"),
        queueCall("mailboxes-poison", "GetMessages", "200"),
        line("queue.measured", { queue: "chats", messages: 9, poison: 0 }),
      ),
      [],
    ),
  ],
  "items-failed": [
    example("a drop with failed items", line("drop.closed", { drop, available: 10, imported: 9, failed: 1 }), [drop]),
    example("a drop without", line("drop.closed", { drop, available: 10, imported: 8, skipped: 2, failed: 0 }), []),
    example("items that may be tried again until it is closed", line("item.failed", { drop, reason: "refused" }), []),
  ],
  "report-not-balanced": [
    example("numbers that differ", line("report.not-balanced", { drop, gen: 1, imbalances: "available" }), [drop]),
    example("a drop that is done", line("drop.closed", { drop, available: 1, imported: 1, failed: 0 }), []),
  ],
  "verify-found": [
    example(
      "a double item",
      line("verify.found", { drop, missing: 0, moved: 0, double: 1, unrecorded: 0, unchecked: 0 }),
      [drop],
    ),
    example(
      "items that are gone",
      line("verify.found", { drop, missing: 2, moved: 0, double: 0, unrecorded: 0, unchecked: 0 }),
      [drop],
    ),
    example(
      "items that their owner moved",
      line("verify.found", { drop, missing: 0, moved: 4, double: 0, unrecorded: 0, unchecked: 0 }),
      [],
    ),
  ],
  "item-deviates": [
    example("an item stored as a draft", line("item.deviates", { drop, key: "k", deviations: "isDraft" }), [drop]),
    example("an item without its addresses", line("item.degraded", { drop, key: "k", reason: "addresses" }), []),
  ],
  "mailbox-blocked": [
    example(
      "many mailboxes of a drop are one alert",
      all(...["a", "b", "c"].map((mailbox) => line("mailbox.blocked", { drop, mailbox, reason: "access-denied" }))),
      [drop],
    ),
    example("one that waits", line("mailbox.waits-long", { drop, mailbox: "a" }), []),
  ],
  "mailbox-recreated": [
    example("another mailbox", line("mailbox.recreated", { oid: "o", epoch: 2 }), once),
    example("a folder", line("folder.recreated", { drop, mailbox: "o.1" }), once),
    example("neither", line("mailbox.blocked", { drop }), []),
  ],
  "graph-refused": [
    example(
      "slices without a token",
      often(3, (ago) => line("graph.unauthorised", { drop }, ago)),
      once,
    ),
    example(
      "tokens refused all the time",
      often(25, (ago) =>
        all(line("graph.token-refused", { hasClaims: true }, ago), line("graph.token-refused", {}, ago)),
      ),
      once,
    ),
    example("a token renewed once", line("graph.token-refused", { hasClaims: true }), []),
    example("one slice", line("graph.unauthorised", { drop }), []),
  ],
  "graph-throttles": [
    example("waits three times as long as the work", slices(25, 180_000), once),
    example("waits as long as the work", slices(25, 60_000), []),
    example("a few slices only", slices(5, 600_000), []),
    example("no import", none, []),
  ],
  "protected-data-touched": [
    example("evidence deleted", blobCall("DeleteBlob", "/account/evidence/feed/day/file"), once),
    example("a name in quotes", blobCall("SetBlobMetadata", '"/account/ledger/day/mailbox"'), once),
    example("plaintext deleted", blobCall("DeleteBlob", "/account/chats/drop/evidence"), []),
    example(
      "evidence read and written",
      all(blobCall("GetBlob", "/account/evidence/a"), blobCall("PutBlob", "/account/evidence/b")),
      [],
    ),
  ],
  "storage-refused": [
    example(
      "six refusals",
      all(...Array.from({ length: 6 }, () => blobCall("GetBlob", "/account/state/a", "403"))),
      once,
    ),
    example(
      "five, and others that found nothing",
      all(
        ...Array.from({ length: 5 }, () => blobCall("GetBlob", "/account/state/a", "403")),
        ...Array.from({ length: 9 }, () => blobCall("GetBlob", "/account/state/a", "404")),
      ),
      [],
    ),
  ],
  "vault-refused": [
    example("one refusal", row("AZKVAuditLogs", { OperationName: "SecretGet", HttpStatusCode: 403 }), once),
    example(
      "a token asked for, and a secret read",
      all(row("AZKVAuditLogs", { HttpStatusCode: 401 }), row("AZKVAuditLogs", { HttpStatusCode: 200 })),
      [],
    ),
  ],
  "vault-secret-deleted": [
    example("a secret deleted", row("AZKVAuditLogs", { OperationName: "SecretDelete", HttpStatusCode: 200 }), once),
    example("a deletion refused", row("AZKVAuditLogs", { OperationName: "SecretDelete", HttpStatusCode: 403 }), []),
    example("a secret read", row("AZKVAuditLogs", { OperationName: "SecretGet", HttpStatusCode: 200 }), []),
  ],
  "sign-in-refused": [
    example(
      "somebody tries",
      often(21, (ago) => row("AppServiceAuthenticationLogs", { StatusCode: 401 }, ago)),
      once,
    ),
    example(
      "twenty",
      often(20, (ago) => row("AppServiceAuthenticationLogs", { StatusCode: 403 }, ago)),
      [],
    ),
    example(
      "people who are signed in",
      often(25, (ago) => row("AppServiceAuthenticationLogs", { StatusCode: 200 }, ago)),
      [],
    ),
  ],
};
