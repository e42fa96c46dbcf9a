import * as z from "zod";
import { chatDay, fileId, importKey, mailboxId } from "../../chat/identifiers.ts";
import { unmappedReason } from "../../chat/people.ts";
import { dropStates } from "../../pipeline/drop-state.ts";
import { csvKinds } from "../../pipeline/report-csv.ts";
import { deadEntry, reportBody } from "../../report/drop-report.ts";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";
import { count, generationParams, instant, unreadable } from "./drop-words.ts";

const deadShown = deadEntry.extend({
  firstAt: instant.optional(),
  lastAt: instant.optional(),
  redrivenAt: instant.optional(),
});

/** A report as it is shown: times as text. */
export const reportView = reportBody.omit({ v: true }).extend({
  dead: z.array(deadShown).describe("Work that was given up and is still to be done."),
  recovered: z.array(deadShown).describe("Work that was given up at some time and has been done since."),
});
/** A report as it is shown. */
export type ReportView = z.infer<typeof reportView>;

/** A generation's whole report. */
export const generationView = z.object({
  status: z.enum(["closed", "running"]),
  state: z.enum(dropStates).describe("closed, or how far the running generation is."),
  asOf: instant.describe("When it was closed, or when this was added up."),
  isCleaned: z.boolean().describe("Its plaintext was deleted; what is told here stays."),
  report: reportView
    .optional()
    .describe(
      "The report as it was written at the close, or as it stands. Of failures and misrouted items the first thousand; the tables have all. Absent when a record that it is made of cannot be read: see `unreadable`.",
    ),
  tables: z.array(z.enum(csvKinds)).describe("Tables that can be downloaded."),
  unreadable: z.array(unreadable),
});
/** A generation's whole report. */
export type GenerationView = z.infer<typeof generationView>;

/** A mailbox run as it is shown. */
export const mailboxRow = z.object({
  mailbox: mailboxId.describe("Object id and epoch."),
  address: z
    .string()
    .optional()
    .describe("Its primary address when the people were resolved; gone with the plaintext."),
  displayName: z.string().optional(),
  state: z
    .enum(["pending", "running", "waiting", "done", "blocked", "unreadable"])
    .describe("waiting: its slice ended and the next may not begin before nextAt."),
  reason: z.string().optional().describe("Why it waits or is blocked: a static word."),
  nextAt: instant.optional(),
  startedAt: instant.optional(),
  progressedAt: instant
    .optional()
    .describe("When an item of it was last decided; of a run that has ended, when it ended."),
  available: count.describe("Items in its work list."),
  imported: count,
  partial: count,
  skipped: count,
  failed: count,
  open: count,
  findings: z
    .object({
      degraded: count,
      deviating: count,
      missing: count,
      moved: count,
      double: count,
      unrecorded: count,
      unchecked: count,
    })
    .optional()
    .describe("What reading the folder back found, once the run has ended."),
  problem: z.string().optional().describe("Why its record cannot be read."),
});
/** A mailbox run as it is shown. */
export type MailboxRow = z.infer<typeof mailboxRow>;

/** What became of an item in a mailbox. */
export const itemOutcome = z
  .enum(["imported", "partial", "skipped", "failed", "open", "unmapped", "out-of-scope"])
  .describe("unmapped: nobody of its people has a mailbox. out-of-scope: this generation leaves it alone.");

/** An item and what became of it in one mailbox. It tells no word of the chat. */
export const itemRow = z.object({
  key: importKey,
  chatDay: chatDay.optional(),
  file: fileId.describe("The chat file that it came in."),
  position: count.describe("Its ordinal in that file, from 0."),
  mailbox: mailboxId.optional().describe("Absent of what goes to no mailbox."),
  outcome: itemOutcome,
  reason: z.string().optional(),
});
/** An item and what became of it in one mailbox. */
export type ItemRow = z.infer<typeof itemRow>;

/** Somebody without a mailbox. */
export const unmappedRow = z.object({
  imId: z
    .string()
    .optional()
    .describe("What a line of the mapping begins with; absent of who is known by address only."),
  email: z.string().optional(),
  displayName: z.string().optional(),
  firm: z.string().optional(),
  reason: unmappedReason,
  items: count.describe("Items that this person took part in."),
  canBeMapped: z.boolean().describe("Has an ImId, so that a line of the mapping helps."),
});
/** Somebody without a mailbox. */
export type UnmappedRow = z.infer<typeof unmappedRow>;

/** What can be asked of one generation. */
export const generationRoutes = {
  readGeneration: defineRoute({
    endpoint: "readGeneration",
    role: "reader",
    summary: "Reads the whole report of a generation, closed or running.",
    params: generationParams,
    reply: generationView,
  }),
  downloadTable: defineRoute({
    endpoint: "downloadTable",
    role: "reader",
    summary: "Downloads a table of the report as CSV; of a running generation what is known so far.",
    params: z.strictObject({ ...generationParams.shape, kind: z.enum(csvKinds) }),
    download: "text/csv; charset=utf-8",
  }),
  listMailboxes: defineRoute({
    endpoint: "listMailboxes",
    role: "reader",
    summary: "Lists the mailboxes of a generation in order of id, with what became of their items.",
    params: generationParams,
    query: z.strictObject({
      ...pageQuery,
      state: z.enum(["pending", "running", "waiting", "done", "blocked", "unreadable"]).optional(),
      reason: z.string().max(64).optional().describe("Only those with just this reason."),
      mailbox: z
        .string()
        .max(64)
        .regex(/^[a-z0-9_.-]*$/, "must be the beginning of a mailbox's id")
        .optional()
        .describe("Only those whose id begins so."),
    }),
    reply: pageOf(mailboxRow),
  }),
  listItems: defineRoute({
    endpoint: "listItems",
    role: "reader",
    summary: "Lists items by mailbox, each with its import key and what became of it; no text.",
    params: generationParams,
    query: z.strictObject({
      ...pageQuery,
      outcome: itemOutcome.optional(),
      mailbox: mailboxId.optional(),
      file: fileId.optional(),
      key: importKey.optional().describe("Only the item with this import key, in each of its mailboxes."),
    }),
    reply: pageOf(itemRow).extend({ unreadable: z.array(unreadable) }),
  }),
  listUnmapped: defineRoute({
    endpoint: "listUnmapped",
    role: "reader",
    summary: "Lists the people without a mailbox, those with the most items first.",
    params: generationParams,
    query: z.strictObject({ ...pageQuery, reason: unmappedReason.optional() }),
    reply: pageOf(unmappedRow),
  }),
} as const;
