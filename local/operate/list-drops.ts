import type { DropId } from "../../shared/chat/identifiers.ts";
import { dropId } from "../../shared/chat/identifiers.ts";
import { listDead } from "../../shared/pipeline/dead-work.ts";
import { listOpenIds } from "../../shared/pipeline/drop-book.ts";
import { type ReportNow, readReport } from "../../shared/pipeline/read-report.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { mapAhead } from "../../shared/store/map-ahead.ts";
import { paths } from "../../shared/store/paths.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { toCount, toEquation } from "./text.ts";

/** Every drop with its equation: open ones first, then the closed ones, each in order of name. */
export async function* listDrops(blobs: Blobs): AsyncGenerator<string> {
  const open: DropId[] = [];
  const strange: string[] = [];
  for await (const id of listOpenIds(blobs, (path) => strange.push(path))) open.push(id);
  let drops = 0;
  for await (const line of mapAhead(listIds(blobs, new Set(open)), 16, (id) => toLine(blobs, id))) {
    yield line;
    drops += 1;
  }
  if (drops === 0) yield "There is no drop yet.";
  for (const path of strange) yield `! ${path} is no drop's record: its name is none.`;
  yield* warnOfForeign(blobs);
}

async function* listIds(blobs: Blobs, open: ReadonlySet<DropId>): AsyncGenerator<DropId> {
  yield* open;
  for await (const { path } of blobs.list(paths.closeds)) {
    const id = dropId.safeParse(path.slice(paths.closeds.length));
    if (id.success && !open.has(id.data)) yield id.data;
  }
}

/** One drop that cannot be read keeps no other from being shown. */
async function toLine(blobs: Blobs, id: DropId): Promise<string> {
  try {
    const now = await readReport({ blobs, clock: systemClock }, id);
    return now === undefined ? `! ${id}: there is no report` : toDropLine(now);
  } catch (error) {
    return `! ${id}: ${error instanceof Error && "messageIsOurs" in error ? error.message : "its record cannot be read"}`;
  }
}

function toDropLine(now: ReportNow): string {
  const { drop, gen, items, isBalanced, dead, unmappedItems } = now.report;
  const state = now.status === "closed" ? "closed" : now.state;
  const generation = gen === 1 ? "" : ` (generation ${gen})`;
  const marks = [
    ...(unmappedItems === 0 ? [] : [`${toCount(unmappedItems, "item")} unmapped`]),
    ...(dead.length === 0 ? [] : [`${toCount(dead.length, "piece")} of work given up`]),
    ...(isBalanced ? [] : ["NUMBERS DO NOT AGREE"]),
  ];
  return `${drop}${generation}  ${state}  ${toCount(items, "item")}  ${toEquation(now.report)}${marks.map((mark) => `; ${mark}`).join("")}`;
}

async function* warnOfForeign(blobs: Blobs): AsyncGenerator<string> {
  let foreign = 0;
  for await (const { work } of listDead(blobs)) if (work === undefined) foreign += 1;
  if (foreign > 0) yield `! ${toCount(foreign, "message")} in the queues that are none of this app; see dead`;
}
