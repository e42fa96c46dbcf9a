import * as z from "zod";
import { chatDay, connectorName, dropId, fileId, importKey, mailboxId, siteDay } from "../../chat/identifiers.ts";
import { unmappedReason } from "../../chat/people.ts";
import { fileState } from "../../pipeline/file-state.ts";
import { pageOf } from "../paging.ts";
import { defineRoute } from "../route.ts";
import { count, generationNumber, shownState } from "./drop-words.ts";

/** What a text can be looked for as. */
export const searchKind = z
  .enum(["siteDay", "chatDay", "drop", "person", "file", "sha256", "key"])
  .describe(
    "siteDay, chatDay: a date. drop: a drop's id or its beginning. person: an ImId, an address or an object id. file: a name or a part of one, or a file's id. sha256: of a file as received or of its plaintext. key: an import key.",
  );
const inDrop = { drop: dropId, connector: connectorName, siteDay };

/** Something that was found; each leads to a drop. */
export const found = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("drop"),
    ...inDrop,
    state: shownState,
    as: z.enum(["siteDay", "chatDay", "drop"]),
    chatDay: chatDay.optional().describe("The chat day that it brought items of."),
    generation: generationNumber.optional(),
  }),
  z.object({
    type: z.literal("file"),
    ...inDrop,
    file: fileId.describe("The listed file."),
    path: z.string(),
    member: z.string().optional().describe("The file inside the archive, where that was found."),
    chatFile: fileId.optional().describe("The chat file of that member."),
    state: fileState.shape.state,
    as: z
      .enum(["name", "id", "received", "plaintext"])
      .describe("What of it was found: received and plaintext are hashes."),
  }),
  z.object({
    type: z.literal("item"),
    ...inDrop,
    generation: generationNumber,
    key: importKey,
    chatDay,
    file: fileId,
    position: count,
    mailboxes: z.array(mailboxId).describe("Whom it was mapped to; the first 100."),
    mailboxCount: count,
  }),
  z.object({
    type: z.literal("person"),
    ...inDrop,
    generation: generationNumber,
    as: z
      .enum(["mapped", "unmapped", "mailbox"])
      .describe(
        "mapped: a participant with a mailbox. unmapped: one without. mailbox: something went to this mailbox.",
      ),
    imId: z.string().optional(),
    email: z.string().optional(),
    displayName: z.string().optional(),
    mailbox: mailboxId.optional(),
    reason: unmappedReason.optional(),
    items: count.optional(),
  }),
]);
/** Something that was found. */
export type Found = z.infer<typeof found>;

/** What can be searched. */
export const searchRoutes = {
  search: defineRoute({
    endpoint: "search",
    role: "reader",
    summary:
      "Searches drops, files, people and items, the newest drops first. The text is in the body, since an address in a URL would get into logs.",
    body: z.strictObject({
      text: z.string().trim().min(2).max(320),
      kinds: z
        .array(searchKind)
        .min(1)
        .optional()
        .describe("What to take the text for; by default all that it can be."),
      connector: connectorName.optional(),
      from: siteDay.optional().describe("The first site day."),
      to: siteDay.optional().describe("The last site day."),
      limit: z
        .number()
        .int()
        .min(1)
        .max(200)
        .default(50)
        .describe("The answer ends with the drop that fills it, and so can be somewhat longer."),
      cursor: z.string().max(1024).optional().describe("`next` of the answer before."),
    }),
    reply: pageOf(found).extend({
      kinds: z.array(searchKind).describe("What the text was taken for."),
      searchedDrops: count.describe("Drops that were looked through for this answer."),
      searchedTo: siteDay.optional().describe("The site day to which the search has got; it goes on with `next`."),
      notSearched: z
        .array(
          z.object({
            what: z.enum(["people", "file", "report", "index", "directory"]),
            reason: z.enum(["plaintext-deleted", "unreadable", "not-there-yet", "unavailable"]),
            drops: count.describe("Drops that it is so of."),
          }),
        )
        .describe("What could not be looked into, so that nobody takes silence for proof."),
    }),
  }),
} as const;
