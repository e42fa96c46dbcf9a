import { DayImport } from "./import-day.ts";
import type { SliceContext } from "./slice-context.ts";
import type { SliceEnd } from "./slice-end.ts";
import { type WorkEntry, WorkListFault } from "./work-list.ts";

/**
 * Imports work lines, chat day by chat day, until they are all settled or the slice ends. Items in doubt do not hold up
 * the others: the list is gone through to its end, and only then does the slice end with the time at which looking for
 * them is worth while.
 */
export async function importSlice(slice: SliceContext, lines: AsyncIterable<WorkEntry>): Promise<SliceEnd> {
  const { brake, progress } = slice;
  let day: DayImport | undefined;
  for await (const entry of lines) {
    if (day?.chatDay !== entry.work.chatDay) day = await nextDay(slice, day, entry);
    if (brake.end !== undefined) break;
    await day.take(entry);
    if (brake.end !== undefined) break;
  }
  await day?.close();
  if (progress.isComplete && brake.end?.type !== "overtaken") return { type: "finished" };
  if (brake.end !== undefined) return brake.end;
  if (progress.nextLookAt === undefined)
    throw new WorkListFault("A work list has fewer lines than its run was created with");
  return { type: "paused", reason: "in-doubt", nextAt: progress.nextLookAt };
}

async function nextDay(slice: SliceContext, day: DayImport | undefined, { work }: WorkEntry): Promise<DayImport> {
  await day?.close();
  return slice.brake.end !== undefined && day !== undefined ? day : DayImport.open(slice, work.chatDay);
}
