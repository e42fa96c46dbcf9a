import type { Blobs } from "../store/blobs.ts";
import type { DropBoard } from "./drop-board.ts";
import type { DropState } from "./drop-state.ts";
import type { GenerationSummary } from "./generation-summary.ts";

/** A generation among those of its drop. */
export interface ListedGeneration {
  readonly gen: number;
  /** "given-up": it was restarted before it was closed, so that it has no report. */
  readonly status: "closed" | "running" | "given-up" | "unreadable";
  readonly summary?: GenerationSummary;
}

/** Told of, the newest first. */
const generationsTold = 50;

/**
 * The generations of a drop, the newest first. The reports that are there are told by one listing; each is read once.
 * @param newest the newest one as it stands; undefined when its report cannot be read
 */
export async function listGenerations(
  { blobs, board }: { readonly blobs: Pick<Blobs, "list">; readonly board: DropBoard },
  { id, gen }: Pick<DropState, "id" | "gen">,
  newest: { readonly isRunning: boolean; readonly summary: GenerationSummary | undefined },
): Promise<ListedGeneration[]> {
  const status = newest.isRunning ? "running" : newest.summary === undefined ? "unreadable" : "closed";
  const listed: ListedGeneration[] = [withSummary(gen, status, newest.summary)];
  if (gen === 1) return listed;
  const reported = new Set<string>();
  for await (const { path } of blobs.list(`reports/drop/${id}/`)) reported.add(path.slice(path.lastIndexOf("/") + 1));
  for (let earlier = gen - 1; earlier > Math.max(0, gen - generationsTold); earlier -= 1) {
    const found = reported.has(`${earlier}.json`) ? await board.closed.read(id, earlier) : undefined;
    if (found === undefined) listed.push({ gen: earlier, status: "given-up" });
    else listed.push(withSummary(earlier, found.summary === undefined ? "unreadable" : "closed", found.summary));
  }
  return listed;
}

function withSummary(
  gen: number,
  status: ListedGeneration["status"],
  summary: GenerationSummary | undefined,
): ListedGeneration {
  return { gen, status, ...(summary === undefined ? {} : { summary }) };
}
