import * as z from "zod";
import { type ChatDay, chatDay, type FeedId } from "../chat/identifiers.ts";
import { importKeyRule } from "../chat/import-key.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument } from "../store/state-document.ts";

/**
 * `feeds/{feedId}.json`: by which rule a feed's import keys are made, from which chat day on. A day keeps its rule for
 * ever, or a replay under a newer rule would import it all again.
 */
const feedRules = z.object({
  v: z.literal(1),
  rules: z.array(z.object({ from: chatDay, rule: z.literal(importKeyRule) })).min(1),
});

const fromTheBeginning = chatDay.parse("0001-01-01");

/** The rule of each chat day of a feed; a feed that is new gets today's. */
export async function rulesOf(blobs: Blobs, feed: FeedId): Promise<(day: ChatDay) => string> {
  const path = paths.feed(feed);
  const first = { v: 1 as const, rules: [{ from: fromTheBeginning, rule: importKeyRule }] };
  const stored = await readDocument(blobs, path, feedRules);
  if (stored === undefined) await createDocument(blobs, path, feedRules, first, { writer: "feed-rules" });
  const { rules } = (stored ?? (await readDocument(blobs, path, feedRules)))?.value ?? first;
  return (day) => rules.findLast(({ from }) => from <= day)?.rule ?? importKeyRule;
}
