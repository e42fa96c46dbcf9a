import { z } from "zod";
import { participant } from "../chat/chat-item.ts";
import { chatDay, connectorName, dropId, feedId, fileId, importKey, mailboxId, siteDay } from "../chat/identifiers.ts";
import { unmappedReason } from "../chat/people.ts";

const count = z.number().int().nonnegative();

/** The equation: available = imported + partial + skipped + failed, in items x mailboxes. */
export const equation = z.object({
  available: count,
  imported: count,
  partial: count,
  skipped: count,
  failed: count,
});
/** The equation of a drop. */
export type Equation = z.infer<typeof equation>;

/** `reports/drop/{drop}/{gen}.json`: what became of one generation of a drop. It names people, and no word of theirs. */
export const dropReport = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  connector: connectorName,
  feed: feedId,
  siteDay,
  closedAt: z.number(),
  /** Chat items of all files that were taken. */
  items: count,
  equation,
  /** Whether every number agrees: the equation, the index against the work lists, the items against the gate's count. */
  isBalanced: z.boolean(),
  /** What does not agree, in words; empty when all does. */
  imbalances: z.array(z.string()),
  /** Items that went to no mailbox at all; a later generation imports them once somebody is mapped. */
  unmappedItems: count,
  /** Participants without a mailbox, and why. */
  unmappedPeople: z.array(z.object({ participant, reason: unmappedReason })),
  mailboxes: count,
  /** Mailboxes that took nothing more, why, and how many items are not in for that. */
  blocked: z.array(z.object({ mailbox: mailboxId, reason: z.string(), items: count })),
  /** Items in mailboxes that could not be made as asked, and what reading the folders back found. */
  findings: z.object({
    degraded: count,
    deviating: count,
    missing: count,
    moved: count,
    double: count,
    unrecorded: count,
    unchecked: count,
  }),
  /** The first failed items; all of them stand in reports/result. */
  failures: z.array(z.object({ mailbox: mailboxId, key: importKey, source: z.string(), reason: z.string() })),
  files: z.array(
    z.object({
      id: fileId,
      path: z.string(),
      state: z.enum(["listed", "fetched", "verified", "rejected", "duplicate", "incomplete"]),
      items: count,
      reason: z.object({ code: z.string(), message: z.string(), offset: z.number().optional() }).optional(),
      sha256: z.string().optional(),
      unclaimed: count,
    }),
  ),
});
/** What became of one generation of a drop. */
export type DropReport = z.infer<typeof dropReport>;

/** `reports/day/{chatDay}/{drop}`: this drop brought items of that chat day; the auditor's way from a day to its drops. */
export const dayEntry = z.object({ v: z.literal(1), chatDay, drop: dropId, gen: z.number().int().positive() });

/** The two sides of what must agree, counted apart from each other. */
export interface Tallies {
  readonly equation: Equation;
  /** Counted at the gate. */
  readonly items: number;
  /** Counted in the index: items, items x mailboxes, items without any. */
  readonly indexed: { readonly items: number; readonly deliveries: number; readonly unmapped: number };
}

/** What does not agree. Each of these would be an item that is lost, or one that is counted and was never there. */
export function toImbalances({ equation: sum, items, indexed }: Tallies): string[] {
  const outcomes = sum.imported + sum.partial + sum.skipped + sum.failed;
  const checks: [string, number, string, number][] = [
    ["available", sum.available, "imported + partial + skipped + failed", outcomes],
    ["items counted at the gate", items, "items in the index", indexed.items],
    ["items x mailboxes in the index", indexed.deliveries, "items in the work lists", sum.available],
  ];
  return checks.filter(([, a, , b]) => a !== b).map(([one, a, other, b]) => `${one}: ${a}, but ${other}: ${b}`);
}
