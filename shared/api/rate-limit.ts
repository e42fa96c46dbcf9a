import * as z from "zod";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import { putDocument } from "../store/state-document.ts";
import { tooMany } from "./problem.ts";

/** When something was done lately, ms since 1970, oldest first. */
const recentUses = z.object({ v: z.literal(1), at: z.array(z.number()) });

/** How often something may be done. */
export interface RateRule {
  /** What it is, such as `validation`: a name of a blob. */
  readonly name: string;
  /** At most so many times ... */
  readonly most: number;
  /** ... within this time. */
  readonly withinInMs: number;
}

/** What keeping count takes. */
export interface RateDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace">;
  readonly writer: string;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Counts one use, over all instances and restarts: the count is a state document.
 * @throws ApiProblem (429) with Retry-After when it was done too often; that is not counted
 */
export async function limitRate(deps: RateDeps, { name, most, withinInMs }: RateRule): Promise<void> {
  const now = deps.clock.now();
  const count = (uses: z.infer<typeof recentUses> | undefined): z.infer<typeof recentUses> => {
    const recent = (uses?.at ?? []).filter((at) => at > now - withinInMs);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= most) throw tooMany(oldest + withinInMs - now);
    return { v: 1, at: [...recent, now].toSorted((a, b) => a - b) };
  };
  await putDocument(deps.blobs, paths.rate(name), recentUses, count, { writer: deps.writer });
}
