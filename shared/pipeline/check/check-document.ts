import * as z from "zod";
import { finding } from "./finding.ts";

const address = z.string().max(320);

/**
 * `state/check/{id}`: that somebody asks the app to check itself, and what it has found so far. It alone holds the addresses
 * asked for, never a message or a log, and only until the check has ended.
 */
export const checkDocument = z.object({
  v: z.literal(1),
  /** ms since 1970, by the asker's clock */
  askedAt: z.number(),
  /** Mailboxes to try. Absent once the check has ended. */
  asked: z.object({ inScope: address.optional(), outOfScope: address.optional() }).optional(),
  /** How often it was begun: once more when the process that was at it has died. */
  begun: z.number().int().nonnegative(),
  findings: z.array(finding),
  /** ms since 1970, by the app's clock */
  endedAt: z.number().optional(),
});
/** That somebody asks the app to check itself, and what it has found so far. */
export type CheckDocument = z.infer<typeof checkDocument>;

/** The document as the asker writes it. */
export function toCheckDocument(askedAt: number, asked: NonNullable<CheckDocument["asked"]>): CheckDocument {
  return { v: 1, askedAt, asked, begun: 0, findings: [] };
}
