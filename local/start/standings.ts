import type { DropId } from "../../shared/chat/identifiers.ts";
import { total } from "../../shared/import/tally.ts";
import type { DropState } from "../../shared/pipeline/drop-state.ts";
import { dropState, hasReached } from "../../shared/pipeline/drop-state.ts";
import { readFiles } from "../../shared/pipeline/file-book.ts";
import type { FileState } from "../../shared/pipeline/file-state.ts";
import { listParts } from "../../shared/pipeline/parts.ts";
import { runState } from "../../shared/pipeline/run-state.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { paths } from "../../shared/store/paths.ts";
import { listDocuments } from "../../shared/store/state-document.ts";
import type { Standing } from "./stage-line.ts";

/** The drops that are not closed. */
export async function listOpen(blobs: Blobs): Promise<DropState[]> {
  const drops: DropState[] = [];
  for await (const { value } of listDocuments(blobs, paths.opens, dropState)) drops.push(value);
  return drops;
}

/** The drops that are closed. */
export async function listClosed(blobs: Blobs): Promise<Map<DropId, DropState>> {
  const drops = new Map<DropId, DropState>();
  for await (const { value } of listDocuments(blobs, paths.closeds, dropState)) drops.set(value.id, value);
  return drops;
}

/** The files of a drop, as far as they are. */
export async function readFilesOf(blobs: Blobs, drop: DropState): Promise<readonly FileState[]> {
  return await readFiles(blobs, drop);
}

/** How far a drop is, from what lies in storage. */
export async function readStanding(blobs: Blobs, drop: DropState): Promise<Standing> {
  const standing = { drop, fetched: 0, incomplete: 0, routed: 0, available: 0, settled: 0, mailboxes: 0, finished: 0 };
  if (drop.state === "collecting") {
    const files = await readFiles(blobs, drop);
    standing.fetched = files.filter(({ state }) => state !== "listed").length;
    standing.incomplete = files.filter(({ state }) => state === "incomplete").length;
  }
  if (drop.state === "sealed") {
    for await (const _ of blobs.list(paths.routedOf(drop.id, drop.gen))) standing.routed += 1;
  }
  if (!hasReached(drop.state, "routed")) return standing;
  for await (const { mailboxes } of listParts(blobs, drop)) {
    for (const { items } of Object.values(mailboxes)) {
      standing.mailboxes += 1;
      standing.available += items;
    }
  }
  for await (const { value } of listDocuments(blobs, paths.runs(drop.id, drop.gen), runState)) {
    standing.settled += total(value.counts);
    if (value.state === "done" || value.state === "blocked") standing.finished += 1;
  }
  return standing;
}
