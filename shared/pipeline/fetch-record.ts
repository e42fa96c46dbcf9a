import * as z from "zod";
import type { ConnectorName } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";

/** `state/fetch/{connector}`: when it was last fetched well, when last tried, and how many files still grew then. */
export const fetchRecord = z.object({
  v: z.literal(1),
  fetchedAt: z.number().optional(),
  triedAt: z.number(),
  /** When a file was last seen that was not known; before there was one, when the connector was first fetched. */
  lastFileAt: z.number().optional(),
  unsettled: z.number().default(0),
  /** The last try was refused by the site: why, and until when it is not asked again by itself, ms since 1970. */
  refused: z.object({ reason: z.string(), until: z.number() }).optional(),
});
/** What is known of a connector's fetches. */
export type FetchRecord = z.infer<typeof fetchRecord>;

/** When a connector was last fetched well and when last tried, ms since 1970; undefined before its first try. */
export async function readFetchRecord(
  blobs: Pick<Blobs, "read">,
  name: ConnectorName,
): Promise<FetchRecord | undefined> {
  return (await readDocument(blobs, paths.fetch(name), fetchRecord))?.value;
}
