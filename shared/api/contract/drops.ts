import * as z from "zod";
import { connectorName, dropId, feedId, fileId, importKey, mailboxId, siteDay } from "../../chat/identifiers.ts";
import { workQueues } from "../../pipeline/work-name.ts";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";
import {
  count,
  dropParams,
  gateFacts,
  generationNumber,
  instant,
  lengthInMs,
  need,
  openEquation,
  shownState,
  unreadable,
} from "./drop-words.ts";

const scopeType = z
  .enum(["drop", "files", "mailboxes", "items"])
  .describe("What the generation deals with: the whole drop, or some of its files, mailboxes or items.");

const scopeCount = count
  .optional()
  .describe("How many files, mailboxes or items the scope names; absent of the whole drop.");

const wholeFigures = z
  .object({
    generation: generationNumber,
    items: count,
    mailboxes: count.optional(),
    equation: openEquation.optional(),
    isBalanced: z.boolean().optional(),
    unmappedItems: count.optional(),
    stillFailed: count.describe("Of what failed in it, that which no later generation has taken up."),
  })
  .describe("What became of the whole drop in the last generation that dealt with all of it.");

/** A drop in a list. */
export const dropRow = z.object({
  drop: dropId,
  connector: connectorName,
  siteDay,
  seq: z.number().int().positive().describe("1, and more for files that came later on the same site day."),
  state: shownState,
  generation: generationNumber.optional().describe("The newest generation; absent where the record is unreadable."),
  scope: scopeType.optional(),
  scopeCount,
  openedAt: instant.optional(),
  movedAt: instant.optional().describe("When its state last changed."),
  closedAt: instant.optional(),
  files: count.optional().describe("Files on the site that belong to it."),
  items: count.optional().describe("Chat items; of a running drop those that were counted so far."),
  mailboxes: z
    .object({ total: count, ended: count })
    .optional()
    .describe("Mailboxes that get something, and those whose run has ended; absent before they are known."),
  equation: openEquation
    .optional()
    .describe(
      "Absent of a running drop as long as adding it up would take too many reads for a list; ask for the drop then.",
    ),
  isBalanced: z.boolean().optional().describe("Whether all numbers agree; absent where they are not known."),
  unmappedItems: count.optional().describe("Items that nobody's mailbox gets yet."),
  whole: wholeFigures
    .optional()
    .describe(
      "Only where the newest generation deals with a part: the figures of the last closed one that dealt with the whole drop. Those above are the newest generation's.",
    ),
  gate: gateFacts.optional(),
  isHeld: z.boolean().describe("The gate holds it, and an admin has to release it."),
  isCleaned: z.boolean().describe("Its plaintext was deleted after it was closed; evidence, ledger and reports stay."),
  needs: z.array(need).describe("What needs a person; empty when all is well."),
  problem: z.string().optional().describe("Why its record or its report cannot be read, in words."),
});
/** A drop in a list. */
export type DropRow = z.infer<typeof dropRow>;

/** How far one stage is. */
export const bar = z
  .object({
    stage: z
      .enum(["files", "chunks-opened", "chunks-mapped", "partitions", "mailboxes", "items"])
      .describe(
        "files: fetched and verified. chunks-opened: chat files cut into chunks, in files. chunks-mapped: who gets what, in chunks. partitions: work lists by mailbox. mailboxes: runs that have ended. items: items x mailboxes that are decided.",
      ),
    done: count,
    total: count.optional().describe("Absent while it is not known how many there will be."),
    isCurrent: z.boolean().describe("This stage is at work, or waits."),
  })
  .describe("How far one stage is: done of total.");
/** How far one stage is. */
export type Bar = z.infer<typeof bar>;

/** How quick it is, and how long it will take. */
export const pace = z
  .object({
    perMinute: z.number().nonnegative().describe("Items x mailboxes decided a minute, over `overInMs`."),
    overInMs: lengthInMs.describe("The minutes that were looked at: at most the last fifteen."),
    runningMailboxes: count.describe("Mailboxes at work now, those that wait not among them."),
    left: z
      .object({
        inMs: lengthInMs.describe("The likeliest."),
        atLeastInMs: lengthInMs,
        atMostInMs: lengthInMs,
        sureness: z.enum(["low", "fair", "good"]),
        because: z
          .enum(["rate", "largest-mailbox", "waiting"])
          .describe(
            "What decides it: the rate of all; the largest mailbox, which is filled by one writer; or the time until which something waits.",
          ),
      })
      .optional()
      .describe("The time left; absent where nothing was decided lately, so that nobody can know."),
  })
  .describe("Told from what storage knows of each mailbox run, so that it is the same whoever asks.");
/** How quick it is, and how long it will take. */
export type Pace = z.infer<typeof pace>;

/** What waits, and why. */
export const waiting = z
  .object({
    what: z.enum(["file", "mailbox", "drop"]),
    reason: z
      .string()
      .describe(
        "A static word. Of mailboxes: throttled, graph-outage, graph-unreachable, unauthorised, folder-unstable, in-doubt, verifying, slice-over, fault, or queued for those whose turn has not come. Of files: incomplete, or the code of what is wrong. Of a drop: held.",
      ),
    count: count.describe("So many wait for this reason."),
    open: count.describe("Items x mailboxes that are not decided for it."),
    nextAt: instant.optional().describe("When the first of them goes on; absent where nobody knows."),
    lastAt: instant.optional().describe("When the last of them goes on."),
  })
  .describe("What waits, and why.");
/** What waits, and why. */
export type Waiting = z.infer<typeof waiting>;

/** A generation in the list of a drop. */
export const generationEntry = z.object({
  generation: generationNumber,
  status: z
    .enum(["closed", "running", "given-up", "unreadable"])
    .describe("given-up: it was restarted before it was closed, so that it has no report."),
  scope: scopeType.optional(),
  scopeCount,
  closedAt: instant.optional(),
  items: count.optional(),
  equation: openEquation.optional(),
  isBalanced: z.boolean().optional(),
  unmappedItems: count.optional(),
});
/** A generation in the list of a drop. */
export type GenerationEntry = z.infer<typeof generationEntry>;

/** All that the page of a drop shows at a look, made to be asked for every few seconds. */
export const dropView = dropRow.extend({
  feed: feedId.optional(),
  asOf: instant.describe("When this was added up; up to some seconds ago, since all who ask share one answer."),
  releasedBy: z.string().optional().describe("Who released it when it was held, as the audit names them."),
  imbalances: z.array(z.string()).describe("What does not agree, in words."),
  outOfScopeItems: count.optional().describe("Items that this generation leaves alone."),
  bars: z.array(bar).describe("In the order of the stages; of a closed drop all are full."),
  pace: pace.optional().describe("Only while mailboxes are being imported."),
  waiting: z.array(waiting).describe("What waits and why; empty of a closed drop."),
  fileStates: z
    .object({
      listed: count,
      fetched: count,
      verified: count,
      rejected: count,
      duplicate: count,
      incomplete: count,
    })
    .describe("Files by state."),
  mailboxStates: z
    .object({ pending: count, running: count, waiting: count, done: count, blocked: count })
    .describe("Mailbox runs by state; waiting: running, but not before its time."),
  generations: z.array(generationEntry).describe("The newest first; at most the last 50."),
  unreadable: z.array(unreadable),
  actions: z
    .object({ release: z.boolean(), reprocess: z.boolean(), restart: z.boolean(), redrive: z.boolean() })
    .describe("What can be done with it as it stands, by somebody who may."),
});
/** All that the page of a drop shows at a look. */
export type DropView = z.infer<typeof dropView>;

const day = siteDay.describe("A day of the site in the connector's zone, such as 2026-06-03.");

/** Which part of a drop is to be reprocessed. */
export const askedScope = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("drop") }),
    z.strictObject({ type: z.literal("files"), files: z.array(fileId).min(1).max(1000) }),
    z.strictObject({
      type: z.literal("mailboxes"),
      mailboxes: z.array(mailboxId).max(1000).default([]).describe("By id, as the list of mailboxes names them."),
      addresses: z
        .array(z.string().min(3).max(320))
        .max(50)
        .default([])
        .describe("By address, which is looked up in the directory now."),
    }),
    z.strictObject({ type: z.literal("items"), keys: z.array(importKey).min(1).max(1000) }),
  ])
  .describe("What is to be dealt with; all else is left as it is.");
/** Which part of a drop is to be reprocessed. */
export type AskedScope = z.infer<typeof askedScope>;

/** What a change of a drop came to. */
export const dropMoved = z.object({
  drop: dropId,
  generation: generationNumber,
  state: shownState,
  items: count,
});
/** What a change of a drop came to. */
export type DropMoved = z.infer<typeof dropMoved>;

/** What came of sending work again. */
export const redriven = z.object({
  sent: z.array(z.string()).describe("Ids of the work that was sent again."),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })).describe("Work that was not, and why."),
});
/** What came of sending work again. */
export type RedrivenReply = z.infer<typeof redriven>;

/** Which dead work is to be sent again. */
export const redriveBody = z.strictObject({
  queue: z.enum(workQueues).optional().describe("Only of this queue."),
  id: z.string().max(300).optional().describe("Only this piece, as listDead names it."),
});

/** What can be asked of drops. */
export const dropRoutes = {
  listDrops: defineRoute({
    endpoint: "listDrops",
    role: "reader",
    summary: "Lists drops, the newest site day first, a day's in order of connector and seq.",
    query: z.strictObject({
      ...pageQuery,
      connector: connectorName.optional(),
      from: day.optional().describe("The first site day."),
      to: day.optional().describe("The last site day."),
      state: z
        .enum(["open", "held", "closed", "needsAHand"])
        .optional()
        .describe("open: held ones are among them. needsAHand: those that have `needs`."),
    }),
    reply: pageOf(dropRow),
  }),
  readDrop: defineRoute({
    endpoint: "readDrop",
    role: "reader",
    summary:
      "Tells all of a drop that changes while it is at work. Cheap enough to be asked for every five seconds; answers 304 to an If-None-Match that still holds.",
    params: dropParams,
    reply: dropView,
  }),
  releaseDrop: defineRoute({
    endpoint: "releaseDrop",
    role: "admin",
    summary: "Lets a drop go that the gate holds.",
    params: dropParams,
    body: z.strictObject({
      items: count.describe("The drop's items as the caller saw them; refused when it has others."),
    }),
    reply: dropMoved,
  }),
  reprocessDrop: defineRoute({
    endpoint: "reprocessDrop",
    role: "admin",
    summary: "Maps and imports a closed drop once more as its next generation; what is in a mailbox is skipped.",
    params: dropParams,
    body: z.strictObject({
      generation: generationNumber.describe(
        "The newest generation as the caller saw it; refused when there is a newer one, so that asking twice does no harm.",
      ),
      scope: askedScope.default({ type: "drop" }),
    }),
    reply: dropMoved,
  }),
  restartDrop: defineRoute({
    endpoint: "restartDrop",
    role: "admin",
    summary: "Gives an open drop up that cannot go on, and begins its next generation from the evidence.",
    params: dropParams,
    body: z.strictObject({
      generation: generationNumber.describe("The generation that the caller saw standing still."),
    }),
    reply: dropMoved,
  }),
  redriveDrop: defineRoute({
    endpoint: "redriveDrop",
    role: "admin",
    summary: "Sends work of a drop again that was given up, after its cause is mended.",
    params: dropParams,
    body: redriveBody,
    reply: redriven,
  }),
} as const;
