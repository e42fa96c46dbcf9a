import * as z from "zod";
import { dropScope } from "../chat/drop-scope.ts";
import { connectorName, dropId, feedId, fileId, siteDay } from "../chat/identifiers.ts";

/** The states of a drop, in order (design: exactly once). */
export const dropStates = [
  "collecting",
  "counted",
  "held",
  "released",
  "sealed",
  "routed",
  "gathered",
  "importing",
  "verifying",
  "closed",
] as const;

/**
 * A drop, kept as `state/open/{drop}` and, when it is done, `state/closed/{drop}`.
 * Every step makes the state durable first and enqueues after; the sweep enqueues again from here.
 */
export const dropState = z.object({
  v: z.literal(1),
  id: dropId,
  connector: connectorName,
  feed: feedId,
  siteDay,
  seq: z.number().int().positive(),
  gen: z.number().int().positive(),
  /** What this generation deals with; absent: the whole drop. */
  scope: dropScope.optional(),
  state: z.enum(dropStates),
  /** Ids of the listed files. */
  files: z.array(fileId),
  /** Chat files to import, in order, with the items the gate counted. Set when the drop is counted; `chunks` when it is sealed. */
  chatFiles: z
    .array(z.object({ id: fileId, listed: fileId, items: z.number(), chunks: z.number().optional() }))
    .default([]),
  items: z.number().default(0),
  /** Items of the chat files that the scope leaves alone; absent: none. They were imported before, and count for the gate. */
  itemsBeside: z.number().optional(),
  /** Items of the whole site day when the gate was decided, and the limit it was held against. */
  gate: z.object({ siteDayItems: z.number(), limit: z.number() }).optional(),
  /** Items that an earlier generation had when it was let through the gate: as many pass again unasked. */
  admitted: z.number().optional(),
  /** Who let a held drop go. */
  releasedBy: z.string().optional(),
  /** Chunks of all chat files, once they are sealed. */
  chunks: z.number().optional(),
  /** Partitions, once they are chosen. */
  partitions: z.number().optional(),
  openedAt: z.number(),
  /** When the state last changed, ms since 1970. */
  movedAt: z.number(),
  /** When the sweep last set it going again, ms since 1970. */
  resumedAt: z.number().optional(),
  closedAt: z.number().optional(),
  /** A reprocessing is being set up: its files are not all reset yet, so nothing may be counted. */
  isResetting: z.boolean().default(false),
  /** Its files are verified again from their evidence, whatever plaintext or chunks still lie there. */
  isFromEvidence: z.boolean().default(false),
  /** Whether its plaintext has been deleted from the containers that hold some. */
  isCleaned: z.boolean().default(false),
});
/** A drop and how far it is. */
export type DropState = z.infer<typeof dropState>;

/** `released/{drop}/{gen}/{file}.json`: opens one chat file. `attempt` makes a repeated ticket a new blob event. */
export const ticket = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  file: fileId,
  runId: z.string(),
  attempt: z.number().int().nonnegative(),
});
/** What starts openDropFile. */
export type Ticket = z.infer<typeof ticket>;

/** `chats/{drop}/{file}/sealed.json`: all chunks of the file are there. */
export const sealed = z.object({ chunks: z.number().int().nonnegative(), items: z.number().int().nonnegative() });

/** Items of all of a drop's chat files, those that its scope leaves alone too. */
export function itemsOfAll({ items, itemsBeside = 0 }: Pick<DropState, "items" | "itemsBeside">): number {
  return items + itemsBeside;
}

/** Whether a drop in `state` has come at least as far as `mark`. */
export function hasReached(state: DropState["state"], mark: DropState["state"]): boolean {
  return dropStates.indexOf(state) >= dropStates.indexOf(mark);
}
