import * as z from "zod";
import { connectorName, dropId, fileId, mailboxId } from "../../chat/identifiers.ts";
import { workQueues } from "../../pipeline/work-name.ts";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";
import { count, generationNumber, instant } from "./drop-words.ts";
import { redriveBody, redriven } from "./drops.ts";

/** Work that was given up. */
export const deadRow = z.object({
  id: z.string().describe("Names it for a redrive: {queue}/{name}."),
  queue: z.string().describe("Where it came from; released for the tickets of drop files."),
  work: z.string().describe("What was to be done, in words: ids and numbers only."),
  connector: connectorName.optional(),
  drop: dropId.optional(),
  generation: generationNumber.optional(),
  file: fileId.optional(),
  mailbox: mailboxId.optional(),
  standing: z
    .enum(["open", "done", "passed", "foreign", "unreadable"])
    .describe(
      "open: still to be done. done: it was done since. passed: nobody wants it any more. foreign: no message of this app. unreadable: its record cannot be read.",
    ),
  deaths: count.describe("How often it was given up."),
  firstAt: instant.optional(),
  lastAt: instant.optional(),
  reason: z.string().optional().describe("Why, the last time; absent when its process ended each time."),
  redrives: count.describe("How often it was sent again by hand."),
  redrivenAt: instant.optional(),
});
/** Work that was given up. */
export type DeadRow = z.infer<typeof deadRow>;

/** What can be asked of dead work. */
export const deadRoutes = {
  listDead: defineRoute({
    endpoint: "listDead",
    role: "reader",
    summary: "Lists work that was given up, by queue; messages that are none of this app last.",
    query: z.strictObject({
      ...pageQuery,
      drop: dropId.optional(),
      queue: z.enum([...workQueues, "foreign"]).optional(),
      standing: z.enum(["open", "all"]).default("open").describe("open: what is foreign or unreadable is among it."),
    }),
    reply: pageOf(deadRow),
  }),
  redriveDead: defineRoute({
    endpoint: "redriveDead",
    role: "admin",
    summary: "Sends dead work of all drops again, after its cause is mended.",
    body: redriveBody,
    reply: redriven,
  }),
} as const;
