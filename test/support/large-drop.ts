import {
  chatDay,
  type DropId,
  dropId,
  dropParts,
  feedId,
  importKey,
  type MailboxId,
  mailboxId,
  toFileId,
} from "../../shared/chat/identifiers.ts";
import { noTally } from "../../shared/import/tally.ts";
import { toIndexLines } from "../../shared/map/index-lines.ts";
import { toCountedChunk } from "../../shared/pipeline/counted-chunks.ts";
import { type DropState, dropState } from "../../shared/pipeline/drop-state.ts";
import { fileState } from "../../shared/pipeline/file-state.ts";
import { part } from "../../shared/pipeline/parts.ts";
import { type RunState, runState } from "../../shared/pipeline/run-state.ts";
import { type DropReport, dropReport } from "../../shared/report/drop-report.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { toGzipLines } from "../../shared/store/lines.ts";
import { mapAhead } from "../../shared/store/map-ahead.ts";
import { paths } from "../../shared/store/paths.ts";
import { createDocument } from "../../shared/store/state-document.ts";

const writer = { writer: "test" };
const day = chatDay.parse("2026-06-03");
const key = importKey.parse("k".repeat(43));

/** How large a drop is to be. Items of each mailbox: `itemsEach`; of them come as many chunks. */
export interface Size {
  readonly mailboxes: number;
  readonly chunks: number;
  readonly itemsEach: number;
}

/** The n-th mailbox of a large drop. */
export function largeMailbox(n: number): MailboxId {
  return mailboxId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}.0`);
}

/** Writes what a drop in the middle of its import has in storage, without bringing it there; every run is pending. */
export async function writeLargeDrop(blobs: Blobs, id: DropId, size: Size, now: number): Promise<DropState> {
  const { mailboxes, chunks, itemsEach } = size;
  const file = toFileId(id);
  const drop = stateOf(id, { state: "importing", chunks, partitions: 8, items: mailboxes * itemsEach }, now);
  await createDocument(blobs, paths.open(id), dropState, drop, writer);
  await writeFile(blobs, drop);
  const perChunk = (mailboxes * itemsEach) / chunks;
  const lines = Array.from({ length: perChunk }, (_, n) =>
    toIndexLines({ key, chatDay: day, file, position: n }, [largeMailbox(n % mailboxes)]),
  ).flat();
  const counts = { items: perChunk, deliveries: perChunk, unmappedItems: 0, outOfScopeItems: 0 };
  const counted = toCountedChunk({ ...counts, itemsOfUnmapped: {} });
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    await blobs.create(paths.counted(id, 1, file, chunk), counted);
    await blobs.create(paths.index(id, 1, file, chunk), toGzipLines(lines));
  }
  const all = Array.from({ length: mailboxes }, (_, n) => n);
  for (let p = 0; p < 8; p += 1) {
    const of = all.filter((n) => n % 8 === p).map((n) => [largeMailbox(n), { items: itemsEach, chatDays: [day] }]);
    const document = part.parse({ p, P: 8, mailboxes: Object.fromEntries(of) });
    await createDocument(blobs, paths.part(id, 1, p), part, document, writer);
  }
  const runs = mapAhead(all, 8, async (n) => {
    const run = toRun(id, largeMailbox(n), itemsEach);
    await createDocument(blobs, paths.run(id, 1, run.mailbox), runState, run, writer);
  });
  for await (const _ of runs);
  return drop;
}

function toRun(drop: DropId, mailbox: MailboxId, available: number): RunState {
  const none = { settled: noTally, counts: noTally, verifySlices: 0 };
  return { v: 1, drop, gen: 1, mailbox, state: "pending", slice: 0, cursor: 0, available, ...none };
}

/** Writes what remains of a drop that was closed: its record and its report. */
export async function writeClosedDrop(blobs: Blobs, text: string, now: number, failed = 0): Promise<void> {
  const id = dropId.parse(text);
  const drop = stateOf(id, { state: "closed", closedAt: now, items: 10 }, now);
  await createDocument(blobs, paths.closed(id), dropState, drop, writer);
  await createDocument(blobs, paths.dropReport(id, 1), dropReport, toReport(drop, now, failed), writer);
}

function toReport({ id, connector, feed, siteDay, files }: DropState, closedAt: number, failed: number): DropReport {
  const equation = { available: 20, imported: 20 - failed, partial: 0, skipped: 0, failed };
  return dropReport.parse({
    ...{ v: 1, drop: id, gen: 1, connector, feed, siteDay, closedAt, items: 10, equation },
    ...{ isBalanced: true, imbalances: [], unmappedItems: 0, unmappedPeople: [], mailboxes: 2, blocked: [] },
    findings: { degraded: 0, deviating: 0, missing: 0, moved: 0, double: 0, unrecorded: 0, unchecked: 0 },
    failures: [],
    files: files.map((file) => ({ id: file, path: `/out/${file}`, state: "verified", items: 10, unclaimed: 0 })),
  });
}

function stateOf(id: DropId, given: Partial<DropState>, now: number): DropState {
  const { connector, siteDay, seq } = dropParts(id);
  const file = toFileId(id);
  return dropState.parse({
    ...{ v: 1, id, connector, feed: feedId.parse("ACME01"), siteDay, seq, gen: 1, files: [file] },
    ...{ chatFiles: [{ id: file, listed: file, items: given.items ?? 0 }], openedAt: now, movedAt: now, ...given },
  });
}

async function writeFile(blobs: Blobs, { id, connector, feed, siteDay, files, items }: DropState): Promise<void> {
  const [file = toFileId(id)] = files;
  const sha256 = "0".repeat(64);
  const chatFile = { id: file, profile: "flat-csv", sha256, sizeInBytes: 1, items };
  const state = fileState.parse({
    ...{ v: 1, id: file, connector, feed, drop: id, siteDay, path: `/out/${file}`, pathHash: "x", sizeInBytes: 1 },
    ...{ modifiedAt: 0, state: "verified", evidence: "evidence/x", dropFiles: [chatFile] },
  });
  await createDocument(blobs, paths.file(connector, siteDay, file), fileState, state, writer);
}
