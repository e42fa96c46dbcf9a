import type { ChatDay } from "../chat/identifiers.ts";
import { type DropReport, dayEntry, dropReport } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, putDocument, readDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { buildReport } from "./build-report.ts";
import { markUnclean } from "./clean-drops.ts";
import type { DropState } from "./drop-state.ts";
import { dropState } from "./drop-state.ts";
import { listParts } from "./parts.ts";
import { writeCsvs } from "./report-csv.ts";

/** What closing takes. */
export interface CloseDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
}

/**
 * Closes a drop whose runs have all ended: adds up what became of every item, checks it against what was counted on the
 * way, writes the report and files the drop as closed. The record of the open drop goes last, so a crash in between only
 * means that it is done again.
 */
export async function closeDrop(deps: CloseDeps, drop: DropState): Promise<DropState> {
  const report = await writeReport(deps, drop);
  const { equation, isBalanced, imbalances, unmappedItems, closedAt } = report;
  await writeCsvs({ blobs: deps.blobs, drop, report });
  await enterDays(deps, drop);
  const closed: DropState = { ...drop, state: "closed", movedAt: closedAt, closedAt };
  await markUnclean(deps, drop.id, closedAt);
  // Another process may have closed it, and an admin have begun the next generation, since we looked: that one is newer.
  const toNewer = (old: DropState | undefined) => (old !== undefined && old.gen > drop.gen ? undefined : closed);
  await putDocument(deps.blobs, paths.closed(drop.id), dropState, toNewer, { writer: deps.writer });
  await removeOpen(deps.blobs, drop);
  deps.log.info("drop.closed", { drop: drop.id, gen: drop.gen, items: drop.items, ...equation, unmappedItems });
  if (!isBalanced) {
    deps.log.error("report.not-balanced", { drop: drop.id, gen: drop.gen, imbalances: imbalances.join("; ") });
  }
  return closed;
}

/** Only as it was seen: another process may remove it meanwhile, and the next generation be there under the same name. */
async function removeOpen(blobs: Blobs, { id, gen }: DropState): Promise<void> {
  const open = await readDocument(blobs, paths.open(id), dropState);
  if (open?.value.gen === gen) await blobs.remove(paths.open(id), open.etag);
}

/** The first report stays: tables and days follow from it, and must not change when it is all done again. */
async function writeReport(deps: CloseDeps, drop: DropState): Promise<DropReport> {
  const path = paths.dropReport(drop.id, drop.gen);
  const stored = await readDocument(deps.blobs, path, dropReport);
  if (stored !== undefined) return stored.value;
  const report = await buildReport(deps, drop);
  await createDocument(deps.blobs, path, dropReport, report, { writer: deps.writer });
  return (await readDocument(deps.blobs, path, dropReport))?.value ?? report;
}

async function enterDays({ blobs, writer }: CloseDeps, drop: DropState): Promise<void> {
  const days = new Set<ChatDay>();
  for await (const { mailboxes } of listParts(blobs, drop)) {
    for (const { chatDays } of Object.values(mailboxes)) for (const day of chatDays) days.add(day);
  }
  for (const chatDay of days) {
    const entry = { v: 1 as const, chatDay, drop: drop.id, gen: drop.gen };
    await putDocument(blobs, paths.dayReport(chatDay, drop.id), dayEntry, () => entry, { writer });
  }
}
