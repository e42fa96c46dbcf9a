import * as z from "zod";
import { participant } from "../chat/chat-item.ts";
import { dropScope } from "../chat/drop-scope.ts";
import { chatDay, connectorName, dropId, feedId, fileId, importKey, mailboxId, siteDay } from "../chat/identifiers.ts";
import { mappingNote, unmappedReason } from "../chat/people.ts";

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

/** Work of a drop that the host has given up: which, how often, since when, and why the last time. Ids only. */
export const deadEntry = z.object({
  queue: z.string(),
  /** Such as "chunk 3 of file ...". */
  work: z.string(),
  deaths: count,
  firstAt: z.number().optional(),
  lastAt: z.number().optional(),
  /** The error's class and codes, and its message where it is ours; absent when each try ended with its process. */
  reason: z.string().optional(),
  redrivenAt: z.number().optional(),
});
/** Work of a drop that the host has given up. */
export type DeadEntry = z.infer<typeof deadEntry>;

/** What is told of one generation of a drop at any time. It names people, and no word of theirs. */
export const reportBody = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  connector: connectorName,
  feed: feedId,
  siteDay,
  /** What the generation deals with; absent: the whole drop. All that follows is about that. */
  scope: dropScope.optional(),
  /** Chat items of all files that were opened. */
  items: count,
  equation,
  /** Items x mailboxes that are not decided yet; none once the drop is closed. */
  open: count.default(0),
  /** Whether every number agrees: the equation, the index against the work lists, the items against the gate's count. */
  isBalanced: z.boolean(),
  /** What does not agree, in words; empty when all does. */
  imbalances: z.array(z.string()),
  /** Items that went to no mailbox at all; a later generation imports them once somebody is mapped. */
  unmappedItems: count,
  /** Items of those files that the scope leaves alone. */
  outOfScopeItems: count.default(0),
  /** Participants without a mailbox, why, and how many items each of them took part in. */
  unmappedPeople: z.array(z.object({ participant, reason: unmappedReason, items: count.default(0) })),
  /** Lines of the mapping that were used and should be mended. */
  mappingNotes: z.array(mappingNote).default([]),
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
  /** Items in mailboxes that this generation's mapping no longer names for them. */
  misroutedItems: count.default(0),
  /** The first of those; all of them stand in the table. */
  misrouted: z
    .array(
      z.object({
        key: importKey,
        chatDay,
        source: z.string(),
        mailbox: mailboxId,
        /** The newest earlier generation that named the mailbox. */
        generation: z.number().int().positive(),
        /** It may be in the mailbox, and nobody has found out. */
        isInDoubt: z.boolean(),
      }),
    )
    .default([]),
  /** What keeps the drop from going on: work that was given up and is still to be done. */
  dead: z.array(deadEntry).default([]),
  /** Work that was given up at some time and has been done since. */
  recovered: z.array(deadEntry).default([]),
  files: z.array(
    z.object({
      id: fileId,
      path: z.string(),
      state: z.enum(["listed", "fetched", "verified", "rejected", "duplicate", "incomplete"]),
      items: count,
      reason: z.object({ code: z.string(), message: z.string(), offset: z.number().optional() }).optional(),
      sha256: z.string().optional(),
      unclaimed: count,
      /** What the checksum files beside it say; absent when there are none that were compared. */
      checksum: z.enum(["matched", "mismatched", "unusable"]).optional(),
    }),
  ),
});
/** What is told of one generation of a drop at any time. */
export type ReportBody = z.infer<typeof reportBody>;

/** `reports/drop/{drop}/{gen}.json`: what became of one generation of a drop. */
export const dropReport = reportBody.extend({ closedAt: z.number() });
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

/** What is known of a running generation, counted apart from each other. */
export interface RunningTallies {
  readonly equation: Equation;
  readonly open: number;
  /** Items x mailboxes that were promised: in the index, later in the work lists. */
  readonly promised: number;
}

/** What does not agree while a generation is running: available is what mapping counted, open what was promised and is not decided. */
export function toRunningImbalances({ equation: sum, open, promised }: RunningTallies): string[] {
  const known = sum.imported + sum.partial + sum.skipped + sum.failed + open;
  const told: string[] = [];
  if (sum.available !== known)
    told.push(`available: ${sum.available}, but imported + partial + skipped + failed + open: ${known}`);
  if (open < 0) told.push(`items x mailboxes that are decided: ${known - open}, but promised: ${promised}`);
  return told;
}
