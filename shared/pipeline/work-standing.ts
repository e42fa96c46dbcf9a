import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import type { DeadWork } from "./dead-work.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { readFetchRecord } from "./fetch-record.ts";
import type { DropWork, Work } from "./work-name.ts";

/** What has become of work that was given up: it is still to be done, it was done all the same, or nobody wants it any more. */
export type WorkStanding = "open" | "done" | "passed";

/**
 * What has become of work, seen from what lies in storage and not from a note that somebody would have to take: a process
 * that dies between doing the work and noting it would leave it dead for ever.
 * @param drop the work's drop as it stands now; undefined when there is none, or for a fetch
 */
export async function standingOfWork(
  blobs: Pick<Blobs, "read" | "head">,
  work: Work,
  { lastAt = 0 }: Pick<DeadWork, "lastAt">,
  drop: DropState | undefined,
): Promise<WorkStanding> {
  if (work.queue === "fetches") {
    if ((await blobs.head(paths.connector(work.connector))) === undefined) return "passed";
    const fetchedAt = (await readFetchRecord(blobs, work.connector))?.fetchedAt ?? 0;
    return fetchedAt >= lastAt ? "done" : "open";
  }
  if (drop?.gen !== work.gen) return "passed";
  const { mark, made } = toEffect(work);
  if (hasReached(drop.state, mark)) return "done";
  return (await blobs.head(made)) === undefined ? "open" : "done";
}

/** What the work makes last, and the state that a drop reaches only when all such work is done. */
function toEffect(work: DropWork): { readonly mark: DropState["state"]; readonly made: BlobPath } {
  switch (work.queue) {
    case "released":
      return { mark: "sealed", made: paths.sealed(work.drop, work.file) };
    case "chats":
      return { mark: "routed", made: paths.routed(work.drop, work.gen, work.file, work.chunk) };
    case "partitions":
      return { mark: "gathered", made: paths.part(work.drop, work.gen, work.p) };
    case "mailboxes":
      return { mark: "verifying", made: paths.result(work.drop, work.gen, work.mailbox) };
  }
}
