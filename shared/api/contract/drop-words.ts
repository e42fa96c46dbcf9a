import * as z from "zod";
import { dropId } from "../../chat/identifiers.ts";
import { dropStates } from "../../pipeline/drop-state.ts";

/** A number of things. */
export const count = z.number().int().nonnegative();
/** An instant. */
export const instant = z.iso.datetime();
/** A length of time. */
export const lengthInMs = z.number().nonnegative().describe("Milliseconds.");
/** Number of a generation, in a path or a body. */
export const generationNumber = z
  .number()
  .int()
  .positive()
  .describe("Number of a generation: 1 is the first, each reprocessing is one more.");

/** The equation with what is not decided yet. */
export const openEquation = z
  .object({
    available: count.describe("Items x mailboxes that were mapped so far."),
    imported: count.describe("Put into their mailbox by this generation."),
    partial: count.describe("Put in without an attachment, which the item names."),
    skipped: count.describe("Lay in the mailbox already."),
    failed: count.describe("Not put in; each has a reason."),
    open: count.describe("Not decided yet; none once the generation is closed."),
  })
  .describe("available = imported + partial + skipped + failed + open, in items x mailboxes, at every moment.");
/** The equation with what is not decided yet. */
export type OpenEquation = z.infer<typeof openEquation>;

/** What a person should look at or do. */
export const need = z
  .object({
    kind: z
      .enum([
        "held",
        "dead",
        "blocked",
        "failed",
        "unbalanced",
        "misrouted",
        "verify",
        "rejected-files",
        "mismatched-files",
        "mapping",
        "unreadable",
      ])
      .describe(
        "held: the gate waits for a release. dead: work was given up and is still to be done. blocked: mailboxes that take nothing. failed: single items that did not get in. unbalanced: numbers that do not agree. misrouted: items in mailboxes that the mapping no longer names. verify: items that the mailboxes lack or have twice. rejected-files, mismatched-files: files that were put aside, or whose checksum is another. mapping: lines of the mapping to mend. unreadable: records in storage that cannot be read.",
      ),
    count: count.describe(
      "How many: items for held, failed, misrouted and verify; pieces of work, mailboxes, numbers, files, lines or records else.",
    ),
    reason: z
      .string()
      .optional()
      .describe("Why, where all of them have one reason: a static word or a sentence of ours."),
    remedy: z
      .enum(["release", "redrive", "restart", "reprocess", "mapping", "look"])
      .describe("What helps most likely; look: nothing that can be done here."),
    generation: generationNumber
      .optional()
      .describe(
        "The earlier generation in which it was found and which the newer ones left alone; absent of the newest.",
      ),
  })
  .describe("Something that needs a person.");
/** What a person should look at or do. */
export type Need = z.infer<typeof need>;

/** The state of a drop; `unreadable` where its record cannot be read. */
export const shownState = z
  .enum([...dropStates, "unreadable"])
  .describe("How far the drop is; unreadable: its record in storage cannot be read, see `problem`.");
/** What the gate decided by. */
export const gateFacts = z
  .object({
    siteDayItems: count.describe("Items of the whole site day, this drop's included."),
    limit: count.describe("The connector's limit for a site day; 0 is none."),
  })
  .describe("What the gate counted, and against which limit.");

/** A path of one drop. */
export const dropParams = z.strictObject({ drop: dropId.describe("Id of a drop: {connector}-{siteDay}-{seq}.") });
/** A path of one generation of a drop. */
export const generationParams = z.strictObject({
  ...dropParams.shape,
  gen: z.coerce
    .number("must be a whole number from 1 on")
    .int("must be a whole number from 1 on")
    .min(1, "must be a whole number from 1 on")
    .max(1_000_000, "must be a whole number from 1 on")
    .describe("Number of a generation: 1 is the first, each reprocessing is one more."),
});

/** A blob that should be read and cannot be. */
export const unreadable = z
  .object({
    record: z.string().describe("Which record of storage, by its path."),
    problem: z.string().describe("What is wrong with it, in words; never its content."),
  })
  .describe("A record in storage that cannot be read. It hides no other.");
/** A blob that should be read and cannot be. */
export type Unreadable = z.infer<typeof unreadable>;
