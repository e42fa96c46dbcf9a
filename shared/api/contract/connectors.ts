import * as z from "zod";
import { connectorName, dropId, feedId } from "../../chat/identifiers.ts";
import { connector } from "../../config/connector.ts";
import { connectorPatch } from "../../config/connector-values.ts";
import { equation } from "../../report/drop-report.ts";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";
import { count, instant, lastValidation, nameParams, told } from "./connector-words.ts";
import { need, shownState } from "./drop-words.ts";
import { secretKind } from "./keys.ts";

const fetches = z
  .object({
    fetchedAt: instant.optional().describe("When it was last fetched well; missing before the first time."),
    triedAt: instant.optional().describe("When it was last tried."),
    lastFileAt: instant.optional().describe("When a file last came that was not known."),
    unsettled: count.describe("Files that still grew at the last fetch."),
    nextAt: instant.optional().describe("When it is fetched next by its schedule; missing while it is paused."),
    refused: told
      .extend({ until: instant.describe("Until then the site is left alone, unless you fetch by hand.") })
      .optional()
      .describe("The site refused the last try."),
  })
  .describe("What is known of its fetches.");

const lastDrop = z
  .object({
    drop: dropId,
    gen: z.number().int().positive(),
    state: shownState,
    items: count.describe("Chat items of the drop."),
    closedAt: instant.optional(),
    equation: equation.optional().describe("Of the last closed generation that dealt with the whole drop."),
    isBalanced: z.boolean().optional().describe("Whether every number of the equation agrees."),
    unmappedItems: count.optional().describe("Items that went to no mailbox, of the same generation as the equation."),
    needs: z.array(need).describe("What of this drop needs a person, as the lists of drops have it."),
  })
  .describe("The drop of the latest site day.");

const secretAge = z.object({
  kind: secretKind,
  number: z.number().int().positive().optional(),
  isSet: z.boolean(),
  setAt: instant.optional(),
  expiresAt: instant.optional(),
});

/** A connector in a list. */
export const connectorSummary = z.object({
  name: connectorName,
  feed: feedId.optional(),
  isPaused: z.boolean().optional(),
  host: z.string().optional().describe("The site's host."),
  schedule: z.string().optional(),
  zone: z.string().optional(),
  fetches: fetches.optional(),
  lastDrop: lastDrop.optional().describe("Missing when there was none yet."),
  openDrops: count.optional().describe("Drops that are not closed."),
  heldDrops: count.optional().describe("Those of them that wait for a release."),
  secrets: z.array(secretAge).optional().describe("Those that it signs in and decrypts with today."),
  problem: z
    .string()
    .optional()
    .describe("Why nothing more can be told: its record in storage cannot be read. Then all else is missing."),
});
/** A connector in a list. */
export type ConnectorSummary = z.infer<typeof connectorSummary>;

const connectorDetails = z.object({
  connector: connector.describe("All of its settings, defaults included. Secrets are not among them."),
  fetches,
  lastDrop: lastDrop.optional(),
  openDrops: count,
  heldDrops: count,
  validated: lastValidation.optional(),
});
/** A connector with all its settings. */
export type ConnectorDetails = z.infer<typeof connectorDetails>;

/** The endpoints about connectors. */
export const connectorRoutes = {
  listConnectors: defineRoute({
    endpoint: "listConnectors",
    role: "reader",
    summary: "All connectors by name, with their state, their last fetch and drop, and the age of their secrets.",
    query: z.strictObject(pageQuery),
    reply: pageOf(connectorSummary),
  }),
  readConnector: defineRoute({
    endpoint: "readConnector",
    role: "reader",
    summary: "A connector with all its settings. Its ETag is needed to change it.",
    params: nameParams,
    reply: connectorDetails,
  }),
  changeConnector: defineRoute({
    endpoint: "changeConnector",
    role: "admin",
    summary:
      "Changes settings; needs If-Match. Name and feed never change. With another host or port the host keys have to be named as well: those of the old one say nothing about the new one.",
    params: nameParams,
    body: connectorPatch,
    reply: connectorDetails,
  }),
  deleteConnector: defineRoute({
    endpoint: "deleteConnector",
    role: "admin",
    summary:
      "Takes a connector away; needs If-Match, and is refused while a drop of it is open. Evidence, ledger, reports, PGP keys and mailboxes' items stay, and so does what files were seen: set up again under its name it goes on where it was.",
    params: nameParams,
    reply: z.object({
      stays: z.array(z.string()).describe("What is kept, in sentences."),
      gone: z.array(z.string()).describe("What is no longer there, in sentences."),
    }),
  }),
  pauseConnector: defineRoute({
    endpoint: "pauseConnector",
    role: "admin",
    summary: "Stops fetching. Drops that were fetched go on.",
    params: nameParams,
    reply: connectorDetails,
  }),
  resumeConnector: defineRoute({
    endpoint: "resumeConnector",
    role: "admin",
    summary: "Goes on fetching by schedule.",
    params: nameParams,
    reply: connectorDetails,
  }),
  fetchConnector: defineRoute({
    endpoint: "fetchConnector",
    role: "admin",
    summary: "Fetches now, also from a site that has refused lately. Comes back at once; watch `fetches`.",
    params: nameParams,
    reply: z.object({ askedAt: instant.describe("Once `fetches.triedAt` is later, the fetch has been tried.") }),
  }),
} as const;
