import type { DeadEntry, ReportBody } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { type DeadWork, deadWork, type FailureReason, listDeadOfDrop } from "./dead-work.ts";
import type { DropState } from "./drop-state.ts";
import { toWorkText } from "./work-name.ts";
import { standingOfWork } from "./work-standing.ts";

/** What of a drop's generation was given up, apart by whether it is still to be done. In order of name. */
export async function readDeadEntries(
  blobs: Pick<Blobs, "read" | "list" | "head">,
  drop: DropState,
): Promise<Pick<ReportBody, "dead" | "recovered">> {
  const entries: { dead: DeadEntry[]; recovered: DeadEntry[] } = { dead: [], recovered: [] };
  for await (const one of listConcerning(blobs, drop)) {
    if (one.work === undefined) continue;
    const standing = await standingOfWork(blobs, one.work, one, drop);
    entries[standing === "open" ? "dead" : "recovered"].push(toDeadEntry(one));
  }
  return entries;
}

/** As a report tells of it. */
export function toDeadEntry({ queue, work, deaths, firstAt, lastAt, reason, redrivenAt }: DeadWork): DeadEntry {
  return {
    queue,
    work: work === undefined ? "no message of this app" : toWorkText(work),
    deaths,
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(reason === undefined ? {} : { reason: toReasonText(reason) }),
    ...(redrivenAt === undefined ? {} : { redrivenAt }),
  };
}

/** While a drop collects its files, what keeps it may be a fetch of its connector. */
async function* listConcerning(
  blobs: Pick<Blobs, "read" | "list">,
  { id, gen, state, connector }: DropState,
): AsyncGenerator<DeadWork> {
  const fetch = await readDocument(blobs, paths.dead("fetches", connector), deadWork);
  if (state === "collecting" && fetch !== undefined && fetch.value.deaths > 0) yield fetch.value;
  yield* listDeadOfDrop(blobs, { drop: id, gen });
}

function toReasonText({ error, message, causes }: FailureReason): string {
  const because = causes === undefined ? "" : ` < ${causes}`;
  return message === undefined ? `${error}${because}` : `${error}: ${message}${because}`;
}
